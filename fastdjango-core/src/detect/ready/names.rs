//! Names of indexes and constraints that another model has yet to give up.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::Scene;
use crate::detect::change::{Change, ChangeKind};
use crate::name::ModelRef;
use crate::pair::Pair;
use crate::state::{FieldState, ModelState, ProjectState};

/// The names that pass from one model to another. Any other name has one owner from the first state to the last, whatever is made in
/// between, so that nobody has to look who has it by then.
pub(in crate::detect) struct Contested<'a> {
    states: Pair<&'a ProjectState>,
    /// The models that get another name, under their old one.
    moving: Vec<ModelRef>,
    /// Found when somebody asks for the first time.
    names: OnceCell<BTreeSet<String>>,
}

impl<'a> Contested<'a> {
    pub(in crate::detect) fn new(states: Pair<&'a ProjectState>, changes: &[Change]) -> Self {
        let moving = changes.iter().filter_map(|change| match &change.kind {
            ChangeKind::RenameModel { from } => Some(ModelRef::new(change.model.app.clone(), from.clone())),
            ChangeKind::MoveModel { .. } => Some(change.model.clone()),
            _ => None,
        });
        Self { states, moving: moving.collect(), names: OnceCell::new() }
    }

    /// True where another model may have the name, or want it.
    pub(in crate::detect) fn contains(&self, name: &str) -> bool {
        self.names.get_or_init(|| self.find()).contains(name)
    }

    fn find(&self) -> BTreeSet<String> {
        let models = self.states.models().flat_map(|(name, Pair { previous, next })| {
            let stays = |before: &&ModelState| next.is_some_and(|after| after.names().eq(before.names()));
            previous.filter(|before| !stays(before)).into_iter().chain(next).map(move |model| (name, model))
        });
        let owned = models.flat_map(|(name, model)| model.names().map(move |owned| (owned, name)));
        let mut owned: Vec<(&str, &ModelRef)> = owned.collect();
        owned.sort_by_key(|(name, _)| *name);
        let same = owned.chunk_by(|one, other| one.0 == other.0);
        let several = same.filter(|owners| owners.iter().any(|(_, model)| *model != owners[0].1));
        let moving = self.moving.iter().filter_map(|model| self.states.previous.models.get(model));
        several.map(|owners| owners[0].0).chain(moving.flat_map(ModelState::names)).map(str::to_owned).collect()
    }
}

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
        !self.contested.contains(name) || self.state.with_name(name).all(|other| other == model || keeps(other))
    }

    /// The models that may want a name which the change takes from its model.
    pub(in crate::detect) fn wanting<'a>(
        &'a self,
        change: &Change,
        here: &'a ModelState,
    ) -> impl Iterator<Item = &'a ModelRef> {
        let names = freed(&change.kind, here).into_iter().filter(|name| self.contested.contains(name));
        names.flat_map(|name| self.target.with_name(name))
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

/// The names that indexes and constraints of the model may have no more after the change.
fn freed<'a>(kind: &ChangeKind, here: &'a ModelState) -> Vec<&'a str> {
    let name = match kind {
        ChangeKind::DeleteModel => return here.names().collect(),
        ChangeKind::RemoveIndex { name } | ChangeKind::RenameIndex { from: name, .. } => {
            here.index(name).and_then(|index| index.name.as_deref())
        }
        ChangeKind::RemoveConstraint { name } | ChangeKind::RenameConstraint { from: name, .. } => {
            here.constraint(name).and_then(|constraint| constraint.name.as_deref())
        }
        ChangeKind::Detach { field } | ChangeKind::RemoveField { field, .. } | ChangeKind::AlterField { field, .. } => {
            here.field(field).and_then(FieldState::reference).and_then(|reference| reference.constraint.as_deref())
        }
        _ => None,
    };
    name.into_iter().collect()
}
