//! The names of tables, indexes and constraints that operations take and give up: one may be another app's afterwards.

use std::collections::BTreeSet;

use super::Operation;
use crate::state::{FieldState, ModelState};

impl Operation {
    /// The names that something has by the operation. What a table of pairs is called, which follows from its model, is left out.
    pub(super) fn taken_names(&self) -> BTreeSet<&str> {
        match self {
            Self::CreateModel { definition, .. } => of_model(definition),
            Self::AlterModelTable { to, .. } | Self::RenameIndex { to, .. } | Self::RenameConstraint { to, .. } => {
                BTreeSet::from([to.as_str()])
            }
            Self::AddIndex { index, .. } => index.name.as_deref().into_iter().collect(),
            Self::AddConstraint { constraint, .. } => constraint.name.as_deref().into_iter().collect(),
            Self::AddField { field, .. } | Self::AlterField { to: field, .. } => of_field(field).collect(),
            Self::DeleteModel { .. }
            | Self::RenameModel { .. }
            | Self::MoveModel { .. }
            | Self::ReceiveModel { .. }
            | Self::AlterModelComment { .. }
            | Self::AlterModelExtensions { .. }
            | Self::AlterModelOptions { .. }
            | Self::SetManaged { .. }
            | Self::AlterPrimaryKey { .. }
            | Self::RemoveField { .. }
            | Self::RenameField { .. }
            | Self::RemoveIndex { .. }
            | Self::RemoveConstraint { .. }
            | Self::CreateEnum { .. }
            | Self::DeleteEnum { .. }
            | Self::AlterEnum { .. }
            | Self::RunSql { .. } => BTreeSet::new(),
        }
    }

    /// The names that the operation gives up: those that its reverse takes.
    pub(super) fn freed_names(&self) -> BTreeSet<&str> {
        match self {
            Self::DeleteModel { definition, .. } => of_model(definition),
            Self::AlterModelTable { from, .. }
            | Self::RenameIndex { from, .. }
            | Self::RenameConstraint { from, .. } => BTreeSet::from([from.as_str()]),
            Self::RemoveIndex { index, .. } => index.name.as_deref().into_iter().collect(),
            Self::RemoveConstraint { constraint, .. } => constraint.name.as_deref().into_iter().collect(),
            Self::RemoveField { field, .. } | Self::AlterField { from: field, .. } => of_field(field).collect(),
            Self::CreateModel { .. }
            | Self::RenameModel { .. }
            | Self::MoveModel { .. }
            | Self::ReceiveModel { .. }
            | Self::AlterModelComment { .. }
            | Self::AlterModelExtensions { .. }
            | Self::AlterModelOptions { .. }
            | Self::SetManaged { .. }
            | Self::AlterPrimaryKey { .. }
            | Self::AddField { .. }
            | Self::RenameField { .. }
            | Self::AddIndex { .. }
            | Self::AddConstraint { .. }
            | Self::CreateEnum { .. }
            | Self::DeleteEnum { .. }
            | Self::AlterEnum { .. }
            | Self::RunSql { .. } => BTreeSet::new(),
        }
    }
}

fn of_field(field: &FieldState) -> impl Iterator<Item = &str> {
    field.reference().and_then(|reference| reference.constraint.as_deref()).into_iter()
}

fn of_model(model: &ModelState) -> BTreeSet<&str> {
    model.names().chain([model.table.as_str()]).collect()
}
