//! Names of indexes and constraints that another model has yet to give up.

use super::Scene;
use crate::detect::change::{Change, ChangeKind};
use crate::name::ModelRef;
use crate::state::{FieldState, ModelState};

impl Scene<'_> {
    /// True where no other model has to give up a name that the change takes.
    pub(super) fn names_are_free(&self, change: &Change, there: Option<&ModelState>) -> bool {
        taken(&change.kind, there).is_none_or(|name| self.name_is_free(&change.model, name))
    }

    /// True where no other model has the name that will not have it in the end. Where one keeps it, nothing is worth waiting for.
    pub(super) fn name_is_free(&self, model: &ModelRef, name: &str) -> bool {
        let keeps = |other: &ModelRef| {
            self.target.models.get(other).is_some_and(|there| there.names().any(|kept| kept == name))
        };
        self.state.with_name(name).all(|other| other == model || keeps(other))
    }
}

/// The name that the change gives to an index or a constraint of a model that is there.
fn taken<'a>(kind: &'a ChangeKind, there: Option<&'a ModelState>) -> Option<&'a str> {
    match kind {
        ChangeKind::AddIndex { name } | ChangeKind::AddConstraint { name } => Some(name),
        ChangeKind::RenameIndex { to, .. } | ChangeKind::RenameConstraint { to, .. } => Some(to),
        ChangeKind::AddField { field, .. } | ChangeKind::AlterField { field, .. } => {
            there?.field(field).and_then(FieldState::reference)?.constraint.as_deref()
        }
        _ => None,
    }
}
