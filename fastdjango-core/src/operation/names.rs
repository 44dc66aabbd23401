//! The names of tables, indexes and constraints that operations take and give up: one may be another app's afterwards.

use std::collections::BTreeSet;

use super::Operation;
use crate::pair::Pair;
use crate::state::{FieldState, ModelState};

impl Operation {
    /// The names that the operation gives up, and those that something has by it. What a table of pairs is called, which follows from
    /// its model, is left out.
    pub(super) fn names(&self) -> Pair<BTreeSet<&str>> {
        let (freed, taken) = match self {
            Self::CreateModel { definition, .. } => (BTreeSet::new(), of_model(definition)),
            Self::DeleteModel { definition, .. } => (of_model(definition), BTreeSet::new()),
            Self::AlterModelTable { from, to, .. }
            | Self::RenameIndex { from, to, .. }
            | Self::RenameConstraint { from, to, .. } => {
                (BTreeSet::from([from.as_str()]), BTreeSet::from([to.as_str()]))
            }
            Self::AddIndex { index, .. } => (BTreeSet::new(), index.name.as_deref().into_iter().collect()),
            Self::RemoveIndex { index, .. } => (index.name.as_deref().into_iter().collect(), BTreeSet::new()),
            Self::AddConstraint { constraint, .. } => {
                (BTreeSet::new(), constraint.name.as_deref().into_iter().collect())
            }
            Self::RemoveConstraint { constraint, .. } => {
                (constraint.name.as_deref().into_iter().collect(), BTreeSet::new())
            }
            Self::AddField { field, .. } => (BTreeSet::new(), of_field(field)),
            Self::RemoveField { field, .. } => (of_field(field), BTreeSet::new()),
            Self::AlterField { from, to, .. } => (of_field(from), of_field(to)),
            Self::RenameModel { .. }
            | Self::MoveModel { .. }
            | Self::ReceiveModel { .. }
            | Self::AlterModelComment { .. }
            | Self::AlterModelExtensions { .. }
            | Self::AlterModelOptions { .. }
            | Self::SetManaged { .. }
            | Self::AlterPrimaryKey { .. }
            | Self::RenameField { .. }
            | Self::CreateEnum { .. }
            | Self::DeleteEnum { .. }
            | Self::AlterEnum { .. }
            | Self::RunSql { .. } => (BTreeSet::new(), BTreeSet::new()),
        };
        Pair::new(freed, taken)
    }
}

fn of_field(field: &FieldState) -> BTreeSet<&str> {
    field.reference().and_then(|reference| reference.constraint.as_deref()).into_iter().collect()
}

fn of_model(model: &ModelState) -> BTreeSet<&str> {
    model.names().chain([model.table.as_str()]).collect()
}
