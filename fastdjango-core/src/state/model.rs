//! One model.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{ConstraintState, FieldState, Fields, IndexState};
use crate::field::Options;
use crate::name::FieldName;

/// A model: its table, fields, key, indexes, and constraints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ModelState {
    /// The table.
    pub table: String,
    /// False where somebody else owns the table; then no SQL is ever made for it.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub managed: bool,
    /// The table's comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The extensions of the database that it needs.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub extensions: BTreeSet<String>,
    /// The fields, in the order of the table's columns.
    #[cfg_attr(feature = "json-schema", schemars(with = "Vec<FieldState>"))]
    pub fields: Fields,
    /// The fields of the primary key; empty where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub primary_key: Vec<FieldName>,
    /// The indexes; a plain unique is a constraint, not an index.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<IndexState>,
    /// Unique, check, and composite foreign key constraints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<ConstraintState>,
    /// What another tool says of the model: compared and carried along, and never SQL.
    #[serde(default, skip_serializing_if = "Options::is_empty")]
    pub options: Options,
}

impl ModelState {
    /// A managed model without fields.
    pub fn new(table: impl Into<String>) -> Self {
        Self {
            table: table.into(),
            managed: true,
            comment: None,
            extensions: BTreeSet::new(),
            fields: Fields::default(),
            primary_key: Vec::new(),
            indexes: Vec::new(),
            constraints: Vec::new(),
            options: Options::new(),
        }
    }

    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &FieldName) -> Option<&FieldState> {
        self.fields.iter().find(|field| field.name == *name)
    }

    /// The field of that name, which likely stands at that place: fields keep theirs from one state to the next.
    pub(crate) fn field_near(&self, at: usize, name: &FieldName) -> Option<&FieldState> {
        self.fields.get(at).filter(|field| field.name == *name).or_else(|| self.field(name))
    }

    /// The field of that name, to be changed.
    pub fn field_mut(&mut self, name: &FieldName) -> Option<&mut FieldState> {
        self.fields.some_mut(|field| field.name == *name).next()
    }

    /// The names of its indexes and constraints; in most databases those of one schema are apart.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let indexes = self.indexes.iter().filter_map(|index| index.name.as_deref());
        let constraints = self.constraints.iter().filter_map(|constraint| constraint.name.as_deref());
        let references = self.fields.iter().filter_map(FieldState::reference);
        indexes.chain(constraints).chain(references.filter_map(|reference| reference.constraint.as_deref()))
    }

    /// The index of that name.
    #[must_use]
    pub fn index(&self, name: &str) -> Option<&IndexState> {
        self.indexes.iter().find(|index| index.name.as_deref() == Some(name))
    }

    /// The constraint of that name.
    #[must_use]
    pub fn constraint(&self, name: &str) -> Option<&ConstraintState> {
        self.constraints.iter().find(|constraint| constraint.name.as_deref() == Some(name))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_true(value: &bool) -> bool {
    *value
}

fn yes() -> bool {
    true
}
