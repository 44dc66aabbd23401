//! Rules between fields, of one model or of two.

use super::Verdict;
use super::text::same;
use crate::model::{FieldDef, Kind, ModelDef, TypeDef, TypeFacts};

/// `to_field`: a unique field of the target, of the reference's type.
#[must_use]
pub const fn to_field(target: Option<(&ModelDef, TypeFacts)>, name: &str) -> Verdict {
    let Some((target, key)) = target else {
        return Some("`to_field` is for a `ForeignKey` or a `OneToOne`; remove it, or make the field a reference");
    };
    let Some(field) = find(target, name) else {
        return Some("the model that this refers to has no such field; `to_field` is the name of one of its fields");
    };
    let own_key = field.primary_key || target.primary_key.len() == 1 && same(target.primary_key[0], name);
    let one_to_one = matches!(field.facts.kind, Kind::ForeignKey { unique: true, .. });
    if !own_key && !field.unique && !one_to_one && !sole_unique(target, name) {
        return Some("the field that this refers to is not unique; write `#[field(unique)]` on it, or choose another");
    }
    if same_type(field.facts, key) {
        return None;
    }
    Some(
        "this reference and the field it refers to have different types; write the field's type as the second argument: `ForeignKey<T, K>`",
    )
}

/// The fields of a composite foreign key, here and there.
#[must_use]
pub const fn foreign_key(here: &ModelDef, fields: &[&str], there: &ModelDef, to_fields: &[&str]) -> Verdict {
    let mut i = 0;
    while i < fields.len() && i < to_fields.len() {
        let Some(target) = find(there, to_fields[i]) else {
            return Some(
                "`to_fields` names a field that the model under `to` does not have; name its fields, not their columns",
            );
        };
        if let Some(field) = find(here, fields[i])
            && !same_type(field.facts, target.facts)
        {
            return Some("a field and its counterpart in `to_fields` have different types; give both the same type");
        }
        i += 1;
    }
    None
}

/// A name in `fields = […]` that only a flattened struct can have.
#[must_use]
pub const fn has_field(model: &ModelDef, name: &str) -> Verdict {
    match find(model, name) {
        Some(field) if matches!(field.facts.kind, Kind::ManyToMany { .. }) => {
            Some("a many-to-many has no column here; name another field")
        }
        Some(_) => None,
        None => Some("neither this struct nor a flattened one has a field of this name; name a field, not its column"),
    }
}

/// No two fields of one name or one column, where a struct is flattened into others.
#[must_use]
pub const fn distinct(model: &ModelDef) -> Verdict {
    let mut group = 0;
    while group < model.fields.len() {
        let mut i = 0;
        while i < model.fields[group].len() {
            let field = &model.fields[group][i];
            if named(model, field.name) > 1 {
                return Some(
                    "a flattened struct has a field of the same name as another field of this model; rename one of them",
                );
            }
            if in_column(model, field) > 1 {
                return Some(
                    "a flattened struct has a field in the same column as another field of this model; \
                     give one of them another `column = \"…\"`",
                );
            }
            i += 1;
        }
        group += 1;
    }
    None
}

const fn find<'a>(model: &'a ModelDef, name: &str) -> Option<&'a FieldDef> {
    let mut group = 0;
    while group < model.fields.len() {
        let mut i = 0;
        while i < model.fields[group].len() {
            if same(model.fields[group][i].name, name) {
                return Some(&model.fields[group][i]);
            }
            i += 1;
        }
        group += 1;
    }
    None
}

const fn named(model: &ModelDef, name: &str) -> usize {
    let (mut group, mut found) = (0, 0);
    while group < model.fields.len() {
        let mut i = 0;
        while i < model.fields[group].len() {
            found += same(model.fields[group][i].name, name) as usize;
            i += 1;
        }
        group += 1;
    }
    found
}

/// Case does not tell columns apart in `SQLite`: <https://www.sqlite.org/lang_keywords.html>.
const fn in_column(model: &ModelDef, field: &FieldDef) -> usize {
    let (mut group, mut found) = (0, 0);
    while group < model.fields.len() {
        let mut i = 0;
        while i < model.fields[group].len() {
            let other = &model.fields[group][i];
            let both = has_column(field) && has_column(other);
            found += (both && field.column_name().eq_ignore_ascii_case(other.column_name())) as usize;
            i += 1;
        }
        group += 1;
    }
    found
}

const fn has_column(field: &FieldDef) -> bool {
    !matches!(field.facts.kind, Kind::ManyToMany { .. })
}

const fn sole_unique(model: &ModelDef, name: &str) -> bool {
    let mut i = 0;
    while i < model.uniques.len() {
        let unique = &model.uniques[i];
        if unique.fields.len() == 1 && unique.condition.is_none() && same(unique.fields[0], name) {
            return true;
        }
        i += 1;
    }
    false
}

/// True where two columns are of one type; a reference is taken to fit, since its type is its target's.
const fn same_type(one: TypeFacts, two: TypeFacts) -> bool {
    match (one.kind, two.kind) {
        (Kind::Column { ty: one, non_negative: a, .. }, Kind::Column { ty: two, non_negative: b, .. }) => {
            same_column(one, two) && a == b
        }
        (Kind::ManyToMany { .. }, _) | (_, Kind::ManyToMany { .. }) => false,
        (Kind::ForeignKey { .. }, _) | (_, Kind::ForeignKey { .. }) => true,
    }
}

const fn same_column(one: TypeDef, two: TypeDef) -> bool {
    match (one, two) {
        (TypeDef::Array(one), TypeDef::Array(two)) => same_column(*one, *two),
        (TypeDef::Enum(one), TypeDef::Enum(two)) => same(one.name, two.name),
        (TypeDef::Custom(one), TypeDef::Custom(two)) => same(one, two),
        (one, two) => plain(one) == plain(two),
    }
}

/// A number for each type: a constant function cannot compare enums.
const fn plain(ty: TypeDef) -> u8 {
    match ty {
        TypeDef::Boolean => 0,
        TypeDef::SmallInt => 1,
        TypeDef::Integer => 2,
        TypeDef::BigInt => 3,
        TypeDef::Real => 4,
        TypeDef::Double => 5,
        TypeDef::Text => 6,
        TypeDef::Binary => 7,
        TypeDef::Uuid => 8,
        TypeDef::Numeric => 9,
        TypeDef::Date => 10,
        TypeDef::Time => 11,
        TypeDef::Timestamp => 12,
        TypeDef::TimestampTz => 13,
        TypeDef::Json => 14,
        TypeDef::Inet => 15,
        TypeDef::Array(_) => 16,
        TypeDef::Custom(_) => 17,
        TypeDef::Enum(_) => 18,
    }
}
