//! The names of tables, indexes and constraints that operations take and give up: one may be another app's afterwards.

use std::collections::BTreeSet;

use super::Operation;
use crate::name::{AppLabel, ModelRef};
use crate::pair::Pair;
use crate::state::{FieldState, ModelState, ProjectState};

impl Operation {
    /// The names that the operation gives up, and those that something has by it. What tables of pairs are called follows from their
    /// models, and is asked of the states.
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
            | Self::RunSql { .. }
            | Self::RunRust { .. }
            // What is nested speaks for itself.
            | Self::StateOnly { .. }
            | Self::DatabaseOnly { .. } => (BTreeSet::new(), BTreeSet::new()),
        };
        Pair::new(freed, taken)
    }

    /// The names of the tables of pairs of `models`, and of what stands in them, before the operation and after it.
    pub(super) fn names_of_pairs(
        &self,
        app: &AppLabel,
        before: &ProjectState,
        models: &BTreeSet<ModelRef>,
    ) -> Pair<BTreeSet<String>> {
        let named = |state: &ProjectState| -> BTreeSet<String> {
            let definitions = models.iter().filter_map(|model| Some((model, state.models.get(model)?)));
            definitions.flat_map(|(model, definition)| definition.names_of_pairs(model)).collect()
        };
        let previous = named(before);
        if previous.is_empty() && self.named_fields().iter().all(|field| field.own_pairs().is_none()) {
            return Pair::new(BTreeSet::new(), BTreeSet::new());
        }
        let mut after = before.clone();
        // What does not fit is said by whoever applies it.
        let next = self.apply(app, &mut after).map_or_else(|_| previous.clone(), |()| named(&after));
        Pair::new(previous, next)
    }
}

fn of_field(field: &FieldState) -> BTreeSet<&str> {
    field.reference().and_then(|reference| reference.constraint.as_deref()).into_iter().collect()
}

fn of_model(model: &ModelState) -> BTreeSet<&str> {
    model.names().chain([model.table.as_str()]).collect()
}
