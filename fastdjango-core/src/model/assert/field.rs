//! Rules for one field: its attributes against its type.

use super::Verdict;
use super::text::characters;
use crate::field::OnDelete;
use crate::model::{FieldDef, Kind, TypeDef, TypeFacts};

/// Every field: what its type alone demands.
#[must_use]
pub const fn ty(field: &FieldDef) -> Verdict {
    if field.facts.nested {
        return Some("an `Option` of an `Option` has only one NULL in a database; write one `Option`");
    }
    match field.facts.kind {
        Kind::ManyToMany { .. } if field.facts.nullable => {
            Some("a many-to-many is never NULL, only empty; write it without `Option`")
        }
        Kind::ForeignKey { .. } if field.on_delete.is_none() => Some(
            "say what happens to this row when the row it refers to is deleted: \
             `#[field(on_delete = cascade)]`, or restrict, set_null, set_default, no_action",
        ),
        Kind::Column { ty: TypeDef::Numeric | TypeDef::Array(TypeDef::Numeric), .. }
            if field.max_digits.is_none() && field.db_type.is_none() =>
        {
            Some("a decimal has a fixed size: write `#[field(max_digits = 10, decimal_places = 2)]`")
        }
        Kind::Column { .. } | Kind::ForeignKey { .. } | Kind::ManyToMany { .. } => None,
    }
}

/// `primary_key`.
#[must_use]
pub const fn primary_key(field: &FieldDef) -> Verdict {
    match field.facts {
        TypeFacts { kind: Kind::ManyToMany { .. }, .. } => Some("a many-to-many has no column that could be a key"),
        TypeFacts { nullable: true, .. } => Some("a primary key is never NULL; write its type without `Option`"),
        TypeFacts { nullable: false, .. } => None,
    }
}

/// `auto`.
#[must_use]
pub const fn auto(field: &FieldDef) -> Verdict {
    match field.facts {
        TypeFacts {
            kind: Kind::Column { ty: TypeDef::SmallInt | TypeDef::Integer | TypeDef::BigInt, .. },
            nullable: false,
            ..
        } => None,
        TypeFacts { nullable: true, .. } => {
            Some("the database always fills in an `auto` field; write its type without `Option`")
        }
        TypeFacts { .. } => Some("`auto` counts rows: the field must be an integer, such as `i64`"),
    }
}

/// `max_length`.
#[must_use]
pub const fn max_length(field: &FieldDef) -> Verdict {
    if let Kind::Column { ty: TypeDef::Enum(_), .. } = field.facts.kind {
        return Some("a native enum is as long as its longest choice; remove `max_length`");
    }
    let Kind::Column { ty: TypeDef::Text | TypeDef::Array(TypeDef::Text), choices, .. } = field.facts.kind else {
        return Some("`max_length` is for text, such as `String`; remove it (a decimal has `max_digits`)");
    };
    let Some(limit) = field.max_length else { return None };
    let mut i = 0;
    while i < choices.len() {
        if characters(choices[i]) > limit as u64 {
            return Some("a choice of this field's enum is longer than `max_length`; raise it, or leave it out");
        }
        i += 1;
    }
    None
}

/// `max_digits` and `decimal_places`.
#[must_use]
pub const fn max_digits(field: &FieldDef) -> Verdict {
    match field.facts.kind {
        Kind::Column { ty: TypeDef::Numeric | TypeDef::Array(TypeDef::Numeric), .. } => None,
        _ => Some("`max_digits` and `decimal_places` are for `Decimal`; remove them, or change the field's type"),
    }
}

/// `collation`.
#[must_use]
pub const fn collation(field: &FieldDef) -> Verdict {
    match field.facts.kind {
        Kind::Column { ty: TypeDef::Text | TypeDef::Custom(_), .. } => None,
        _ => Some("`collation` is how text is sorted; remove it, or change the field's type to `String`"),
    }
}

/// `unique`.
#[must_use]
pub const fn unique(field: &FieldDef) -> Verdict {
    match field.facts.kind {
        Kind::ForeignKey { unique: true, .. } => Some("a `OneToOne` is unique already; remove `unique`"),
        _ => column_only(field),
    }
}

/// Any attribute of a column, which a many-to-many is not.
#[must_use]
pub const fn column_only(field: &FieldDef) -> Verdict {
    match field.facts.kind {
        Kind::ManyToMany { .. } => {
            Some("a many-to-many has no column of its own; remove this, or put it on a field of the `through` model")
        }
        _ => None,
    }
}

/// `on_delete` and `on_update`, whichever `action` is.
#[must_use]
pub const fn action(field: &FieldDef, action: OnDelete) -> Verdict {
    match (field.facts.kind, action) {
        (Kind::ManyToMany { .. }, _) => {
            Some("the rows of a many-to-many's own table always go with either end; remove this, or use `through`")
        }
        (Kind::Column { .. }, _) => {
            Some("this is for a `ForeignKey` or a `OneToOne`; remove it, or make the field a reference")
        }
        (Kind::ForeignKey { .. }, OnDelete::SetNull) if !field.facts.nullable => Some(
            "`set_null` needs a field that can be NULL; write its type as `Option<…>`, or choose `cascade` or `restrict`",
        ),
        (Kind::ForeignKey { .. }, _) => None,
    }
}

/// `deferrable` and `to_field`.
#[must_use]
pub const fn reference_only(field: &FieldDef) -> Verdict {
    match field.facts.kind {
        Kind::ForeignKey { .. } => None,
        _ => Some("this is for a `ForeignKey` or a `OneToOne`; remove it, or make the field a reference"),
    }
}

/// `related_name`.
#[must_use]
pub const fn relation_only(field: &FieldDef) -> Verdict {
    match field.facts.kind {
        Kind::Column { .. } => {
            Some("`related_name` names the way back of a relation; remove it, or make the field a `ForeignKey`")
        }
        _ => None,
    }
}

/// `using` and `reverse_using`.
#[must_use]
pub const fn using(field: &FieldDef) -> Verdict {
    match field.facts.kind {
        Kind::Column { .. } if field.primary_key => {
            Some("what refers to a key would no longer find its row, so its values are never converted; remove this")
        }
        Kind::Column { .. } => None,
        Kind::ForeignKey { .. } | Kind::ManyToMany { .. } => {
            Some("a relation holds what it refers to, and nothing converts that; remove this")
        }
    }
}

/// `keep_values`.
#[must_use]
pub const fn keep_values(field: &FieldDef) -> Verdict {
    match field.facts.kind {
        Kind::Column { .. } => {
            Some("`keep_values` is for a `ForeignKey` or a `ManyToMany` that was the other one before; remove it")
        }
        Kind::ForeignKey { .. } | Kind::ManyToMany { .. } => None,
    }
}

/// `through`.
#[must_use]
pub const fn through(field: &FieldDef) -> Verdict {
    match field.facts.kind {
        Kind::ManyToMany { .. } => None,
        _ => Some("`through` names the table of a `ManyToMany`; remove it, or change the field's type"),
    }
}

/// The type inside a newtype.
#[must_use]
pub const fn inner_of_newtype(facts: TypeFacts) -> Verdict {
    match facts {
        TypeFacts { nullable: true, .. } => Some(
            "a newtype around an `Option` hides that its column is NULL; wrap the value, and write `Option<Newtype>` in the model",
        ),
        TypeFacts { kind: Kind::Column { .. }, .. } => None,
        TypeFacts { .. } => Some("a newtype cannot wrap a relation; write the relation as the model's field"),
    }
}
