//! One constraint.

use serde::{Deserialize, Serialize};

use crate::field::{Deferrable, OnDelete, Sql};
use crate::name::{FieldName, ModelRef};

/// A constraint and its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct ConstraintState {
    /// The name; `None` in a state made from models, where makemigrations has yet to choose it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What every row must meet.
    #[serde(flatten)]
    pub kind: ConstraintKind,
}

/// What every row must meet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ConstraintKind {
    /// No two rows share the values.
    Unique {
        /// The fields.
        fields: Vec<FieldName>,
        /// When it is checked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deferrable: Option<Deferrable>,
        /// Two NULLs are equal.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        nulls_not_distinct: bool,
    },
    /// A condition in SQL.
    Check {
        /// The condition, in column names.
        sql: Sql,
    },
    /// The field holds one of a list of texts.
    Choices {
        /// The field.
        field: FieldName,
        /// The texts.
        values: Vec<String>,
    },
    /// The field is 0 or more: an unsigned number.
    NonNegative {
        /// The field.
        field: FieldName,
    },
    /// The fields together refer to a row.
    ForeignKey {
        /// The fields here.
        fields: Vec<FieldName>,
        /// The target.
        to: ModelRef,
        /// The fields there.
        to_fields: Vec<FieldName>,
        /// The action when the target goes.
        #[serde(default, skip_serializing_if = "OnDelete::is_default")]
        on_delete: OnDelete,
        /// The action when the target's key changes.
        #[serde(default, skip_serializing_if = "OnDelete::is_default")]
        on_update: OnDelete,
        /// When a deferrable key is checked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deferrable: Option<Deferrable>,
    },
}

impl ConstraintState {
    /// True where `next` says the same; a name that `next` leaves open is the same.
    #[must_use]
    pub fn matches(&self, next: &Self) -> bool {
        self.same_but_name(next) && (next.name.is_none() || self.name == next.name)
    }

    /// True where the constraint leans on the field, by name or, in a fragment, by its column.
    #[must_use]
    pub fn uses(&self, field: &FieldName, column: Option<&str>) -> bool {
        match &self.kind {
            ConstraintKind::Unique { fields, .. } | ConstraintKind::ForeignKey { fields, .. } => fields.contains(field),
            ConstraintKind::Check { sql } => column.is_some_and(|column| sql.mentions(column)),
            ConstraintKind::Choices { field: mine, .. } | ConstraintKind::NonNegative { field: mine } => mine == field,
        }
    }
}
