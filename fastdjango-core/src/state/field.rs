//! One field.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::field::{ColumnType, Default as DefaultValue, Deferrable, OnDelete, Options, Sql};
use crate::name::{FieldName, ModelRef};

/// A field: a column, a reference, or a table of pairs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(try_from = "super::field::repr::Field", into = "super::field::repr::Field")]
pub struct FieldState {
    /// The field's name.
    pub name: FieldName,
    /// What it is.
    pub kind: FieldKind,
    /// The column, where it is not the one that the name implies; see [`FieldState::column_name`].
    pub column: Option<String>,
    /// NULL is allowed.
    pub null: bool,
    /// Numbered by the database.
    pub auto: bool,
    /// What the database fills in when an INSERT leaves the column out.
    pub default: Option<DefaultValue>,
    /// The collation.
    pub collation: Option<Sql>,
    /// Computed by the database.
    pub generated: Option<Generated>,
    /// A database's own type, instead of the one that the kind implies.
    pub db_type: Option<Sql>,
    /// The column's comment.
    pub comment: Option<String>,
    /// What another tool says of the field: compared and carried along, and never SQL.
    pub options: Options,
}

/// What a field is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A column.
    Column(ColumnType),
    /// A column that refers to a row; its type is that of the target's key.
    ForeignKey(Reference),
    /// No column: pairs in a table of their own.
    ManyToMany(Pairs),
}

/// Where a foreign key points, and what happens when that row goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The target.
    pub to: ModelRef,
    /// The target's field, where it is not its key.
    pub to_field: Option<FieldName>,
    /// The action when the target goes.
    pub on_delete: OnDelete,
    /// The action when the target's key changes.
    pub on_update: OnDelete,
    /// When a deferrable key is checked.
    pub deferrable: Option<Deferrable>,
    /// The constraint's name; `None` in a state made from models, where makemigrations has yet to choose it.
    pub constraint: Option<String>,
}

/// The other side of a many-to-many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairs {
    /// The target.
    pub to: ModelRef,
    /// The model of the pairs, where it is the user's own; otherwise the table is lowered from the field.
    pub through: Option<ModelRef>,
}

/// The expression of a generated column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Generated {
    /// The expression, in column names.
    pub expression: Sql,
    /// Stored on disk, or computed when read.
    pub stored: bool,
}

impl FieldState {
    /// A plain NOT NULL column.
    pub fn new(name: impl Into<FieldName>, kind: FieldKind) -> Self {
        Self {
            name: name.into(),
            kind,
            column: None,
            null: false,
            auto: false,
            default: None,
            collation: None,
            generated: None,
            db_type: None,
            comment: None,
            options: Options::new(),
        }
    }

    /// The column: `author_id` for a foreign key `author`, the field's name otherwise; none for a many-to-many.
    #[must_use]
    pub fn column_name(&self) -> Option<String> {
        self.column_text().map(Cow::into_owned)
    }

    /// The same, made only where it stands nowhere.
    pub(crate) fn column_text(&self) -> Option<Cow<'_, str>> {
        match (&self.kind, &self.column) {
            (FieldKind::ManyToMany(_), _) => None,
            (FieldKind::Column(_) | FieldKind::ForeignKey(_), Some(column)) => Some(Cow::Borrowed(column)),
            (FieldKind::Column(_), None) => Some(Cow::Borrowed(self.name.as_str())),
            (FieldKind::ForeignKey(_), None) => Some(Cow::Owned(format!("{}_id", self.name))),
        }
    }

    /// True where both have one column because they say the same of it; others may have one too.
    pub(crate) fn implies_column_of(&self, other: &Self) -> bool {
        let kinds = std::mem::discriminant(&self.kind) == std::mem::discriminant(&other.kind);
        kinds && self.column == other.column && self.name == other.name
    }

    /// True where both have one column, or none.
    pub(crate) fn has_column_of(&self, other: &Self) -> bool {
        self.implies_column_of(other) || self.column_text() == other.column_text()
    }

    /// The enum that is the field's type.
    #[must_use]
    pub fn enum_name(&self) -> Option<&str> {
        match &self.kind {
            FieldKind::Column(ColumnType::Enum(name)) => Some(name),
            FieldKind::Column(_) | FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_) => None,
        }
    }

    /// The reference of a foreign key.
    #[must_use]
    pub fn reference(&self) -> Option<&Reference> {
        match &self.kind {
            FieldKind::ForeignKey(reference) => Some(reference),
            FieldKind::Column(_) | FieldKind::ManyToMany(_) => None,
        }
    }

    /// The model that the field points at.
    #[must_use]
    pub fn target(&self) -> Option<&ModelRef> {
        match &self.kind {
            FieldKind::Column(_) => None,
            FieldKind::ForeignKey(reference) => Some(&reference.to),
            FieldKind::ManyToMany(pairs) => Some(&pairs.to),
        }
    }

    /// True where `next` says the same; a constraint's name that `next` leaves open is the same.
    #[must_use]
    pub fn matches(&self, next: &Self) -> bool {
        let Self { name, kind, column, null, auto, default, collation, generated, db_type, comment, options } = self;
        let same_kind = match (kind, &next.kind) {
            (FieldKind::ForeignKey(mine), FieldKind::ForeignKey(theirs)) => mine.matches(theirs),
            (mine, theirs) => mine == theirs,
        };
        same_kind
            && (name, column, null, auto) == (&next.name, &next.column, &next.null, &next.auto)
            && (default, collation, generated) == (&next.default, &next.collation, &next.generated)
            && (db_type, comment, options) == (&next.db_type, &next.comment, &next.options)
    }
}

/// The flat form in files: `{ name = "author", type = "foreign_key", to = "accounts.User", on_delete = "cascade" }`.
mod repr {
    use super::{
        ColumnType, DefaultValue, Deferrable, Deserialize, FieldKind, FieldName, FieldState, Generated, ModelRef,
        OnDelete, Options, Pairs, Reference, Serialize, Sql,
    };

    /// A field: a column, a reference, or a table of pairs.
    #[derive(Clone, Serialize, Deserialize)]
    #[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
    #[cfg_attr(feature = "json-schema", schemars(rename = "FieldState", transform = super::super::json_schema::field_rules))]
    #[serde(deny_unknown_fields)]
    #[expect(clippy::struct_field_names, reason = "the names of the file format")]
    pub(super) struct Field {
        /// The field's name.
        name: FieldName,
        /// What it is: the type of its column, `foreign_key` or `many_to_many`.
        #[cfg_attr(feature = "json-schema", schemars(schema_with = "super::super::json_schema::field_type"))]
        r#type: String,
        /// What a type that only another tool knows is made with there; compared, and never SQL.
        #[serde(default, skip_serializing_if = "Options::is_empty")]
        parameters: Options,
        /// The model that a relation points at.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<ModelRef>,
        /// The target's field, where it is not its key.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to_field: Option<FieldName>,
        /// The model of the pairs, where it is the user's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        through: Option<ModelRef>,
        /// The action when the target goes.
        #[serde(default, skip_serializing_if = "OnDelete::is_default")]
        on_delete: OnDelete,
        /// The action when the target's key changes.
        #[serde(default, skip_serializing_if = "OnDelete::is_default")]
        on_update: OnDelete,
        /// When a deferrable key is checked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deferrable: Option<Deferrable>,
        /// The name of a foreign key's constraint; chosen where it is absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        constraint: Option<String>,
        /// The column, where it is not the one that the name implies (`author_id` for a foreign key `author`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        column: Option<String>,
        /// NULL is allowed.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        null: bool,
        /// Numbered by the database.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        auto: bool,
        /// What the database fills in when an INSERT leaves the column out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default: Option<DefaultValue>,
        /// The collation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        collation: Option<Sql>,
        /// Computed by the database.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        generated: Option<Generated>,
        /// A database's own type, instead of the one that `type` implies.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        db_type: Option<Sql>,
        /// The column's comment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
        /// What another tool says of the field: compared and carried along, and never SQL.
        #[serde(default, skip_serializing_if = "Options::is_empty")]
        options: Options,
    }

    impl Field {
        fn kind(&mut self) -> Result<FieldKind, String> {
            let missing = || format!("field `{}`: `to` is missing", self.name);
            match self.r#type.as_str() {
                "foreign_key" => Ok(FieldKind::ForeignKey(Reference {
                    to: self.to.take().ok_or_else(missing)?,
                    to_field: self.to_field.take(),
                    on_delete: std::mem::take(&mut self.on_delete),
                    on_update: std::mem::take(&mut self.on_update),
                    deferrable: self.deferrable.take(),
                    constraint: self.constraint.take(),
                })),
                "many_to_many" => Ok(FieldKind::ManyToMany(Pairs {
                    to: self.to.take().ok_or_else(missing)?,
                    through: self.through.take(),
                })),
                text => {
                    let ty = text.parse().map_err(|e| format!("field `{}`: {e}", self.name))?;
                    Ok(FieldKind::Column(match ty {
                        ColumnType::Opaque { name, .. } => {
                            ColumnType::Opaque { name, parameters: std::mem::take(&mut self.parameters) }
                        }
                        ty => ty,
                    }))
                }
            }
        }

        fn leftover(&self) -> Option<&'static str> {
            [
                (!self.parameters.is_empty(), "parameters"),
                (self.to.is_some(), "to"),
                (self.to_field.is_some(), "to_field"),
                (self.through.is_some(), "through"),
                (!self.on_delete.is_default(), "on_delete"),
                (!self.on_update.is_default(), "on_update"),
                (self.deferrable.is_some(), "deferrable"),
                (self.constraint.is_some(), "constraint"),
            ]
            .into_iter()
            .find_map(|(set, key)| set.then_some(key))
        }
    }

    impl TryFrom<Field> for FieldState {
        type Error = String;

        fn try_from(mut field: Field) -> Result<Self, String> {
            let kind = field.kind()?;
            if let Some(key) = field.leftover() {
                return Err(format!("field `{}`: `{key}` does not belong to type `{}`", field.name, field.r#type));
            }
            Ok(Self {
                name: field.name,
                kind,
                column: field.column,
                null: field.null,
                auto: field.auto,
                default: field.default,
                collation: field.collation,
                generated: field.generated,
                db_type: field.db_type,
                comment: field.comment,
                options: field.options,
            })
        }
    }

    impl From<FieldState> for Field {
        fn from(state: FieldState) -> Self {
            let mut field = Self {
                name: state.name,
                r#type: String::new(),
                parameters: Options::new(),
                to: None,
                to_field: None,
                through: None,
                on_delete: OnDelete::NoAction,
                on_update: OnDelete::NoAction,
                deferrable: None,
                constraint: None,
                column: state.column,
                null: state.null,
                auto: state.auto,
                default: state.default,
                collation: state.collation,
                generated: state.generated,
                db_type: state.db_type,
                comment: state.comment,
                options: state.options,
            };
            match state.kind {
                FieldKind::Column(ty) => {
                    field.r#type = ty.to_string();
                    if let ColumnType::Opaque { parameters, .. } = ty {
                        field.parameters = parameters;
                    }
                }
                FieldKind::ForeignKey(reference) => {
                    "foreign_key".clone_into(&mut field.r#type);
                    field.to = Some(reference.to);
                    field.to_field = reference.to_field;
                    field.on_delete = reference.on_delete;
                    field.on_update = reference.on_update;
                    field.deferrable = reference.deferrable;
                    field.constraint = reference.constraint;
                }
                FieldKind::ManyToMany(pairs) => {
                    "many_to_many".clone_into(&mut field.r#type);
                    field.to = Some(pairs.to);
                    field.through = pairs.through;
                }
            }
            field
        }
    }
}
