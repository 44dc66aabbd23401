//! References in the way of what they refer to: models, fields, and keys that are to go.

use super::belongs;
use crate::detect::change::{Change, ChangeKind};
use crate::detect::pending::Ask;
use crate::detect::ready::hinders;
use crate::detect::schedule::Work;
use crate::name::{AppLabel, FieldName, ModelRef};
use crate::state::{ConstraintKind, ConstraintState, FieldKind, FieldState, ModelState, ProjectState};

/// Lets one model be deleted by taking away the references of others that are to be deleted too.
pub(super) fn detach_deleted(work: &mut Work<'_>, target: &ProjectState, app: Option<&AppLabel>) -> bool {
    let found = work.first(Ask::Held, app, |work, change| {
        let goes = |model: &ModelRef| belongs(model, app) && is_deleted(model, work);
        let held = change.kind == ChangeKind::DeleteModel && work.state.referrers(&change.model).all(goes);
        held.then(|| detached(change, work, target, goes))
    });
    add_all(work, found.map(|(_, changes)| changes).unwrap_or_default())
}

/// Takes away the references that a change waits for; they come back when their target has become what it shall be.
///
/// Those of models that are to be deleted go first: nobody will miss them.
pub(super) fn detach_waiting(work: &mut Work<'_>, target: &ProjectState, app: Option<&AppLabel>) -> bool {
    let deleted = work.first(Ask::HinderedByDeleted, app, |work, change| {
        let changes = detached(change, work, target, |model| belongs(model, app) && is_deleted(model, work));
        Some(changes).filter(|changes| !changes.is_empty())
    });
    let found = deleted.or_else(|| {
        work.first(Ask::Hindered, app, |work, change| {
            let changes = detached(change, work, target, |model| belongs(model, app));
            Some(changes).filter(|changes| !changes.is_empty())
        })
    });
    add_all(work, found.map(|(_, changes)| changes).unwrap_or_default())
}

/// Adds all of the changes; false where each is pending already.
fn add_all(work: &mut Work<'_>, changes: Vec<Change>) -> bool {
    let added: Vec<bool> = changes.into_iter().map(|change| work.add(change)).collect();
    added.contains(&true)
}

fn is_deleted(model: &ModelRef, work: &Work<'_>) -> bool {
    work.pending.of(model).any(|change| change.kind == ChangeKind::DeleteModel)
}

/// What takes away the references of some models that are in the way of the change, and what brings them back.
fn detached(change: &Change, work: &Work<'_>, target: &ProjectState, of: impl Fn(&ModelRef) -> bool) -> Vec<Change> {
    let Some(here) = work.state.models.get(&change.model) else { return Vec::new() };
    let there = target.models.get(&change.model);
    let stuck = |fields: Option<&[FieldName]>| hinders(change, here, there, fields);
    // A model's own references go with it.
    let own = |name: &ModelRef| change.kind == ChangeKind::DeleteModel && *name == change.model;
    let mut changes = Vec::new();
    for (name, model) in work.state.referring(&change.model).filter(|(name, _)| of(name) && !own(name)) {
        let detach = Detach { name, back: target.models.get(name).filter(|_| !is_deleted(name, work)) };
        for field in model.fields.iter().filter(|field| field.targets().any(|to| *to == change.model)) {
            changes.extend(detach.field(field, stuck));
        }
        for constraint in &model.constraints {
            changes.extend(detach.constraint(constraint, &change.model, stuck));
        }
    }
    changes
}

/// A model whose references are taken away.
struct Detach<'a> {
    name: &'a ModelRef,
    /// The model as it shall be; none where it is deleted, and nothing comes back.
    back: Option<&'a ModelState>,
}

impl Detach<'_> {
    fn field(&self, field: &FieldState, stuck: impl Fn(Option<&[FieldName]>) -> bool) -> Vec<Change> {
        let name = field.name.clone();
        let taken = match &field.kind {
            FieldKind::Column(_) => None,
            FieldKind::ForeignKey(reference) => stuck(reference.to_field.as_ref().map(std::slice::from_ref))
                .then(|| ChangeKind::Detach { field: name.clone() }),
            // Where the model stays, its pairs go by a change of their own.
            FieldKind::ManyToMany(_) => (self.back.is_none() && stuck(None))
                .then(|| ChangeKind::RemoveField { field: name.clone(), reverse_fill: None }),
        };
        let Some(taken) = taken else { return Vec::new() };
        let back = self.back.filter(|model| model.field(&name).is_some());
        let back = back.map(|_| Change::alter_field(self.name, &name));
        [Change::new(self.name, taken)].into_iter().chain(back).collect()
    }

    fn constraint(
        &self,
        constraint: &ConstraintState,
        target: &ModelRef,
        stuck: impl Fn(Option<&[FieldName]>) -> bool,
    ) -> Vec<Change> {
        let (ConstraintKind::ForeignKey { to, to_fields, .. }, Some(name)) = (&constraint.kind, &constraint.name)
        else {
            return Vec::new();
        };
        if to != target || !stuck(Some(to_fields)) {
            return Vec::new();
        }
        let back = self.back.filter(|model| model.constraint(name).is_some());
        let back = back.map(|_| ChangeKind::AddConstraint { name: name.clone() });
        let taken = ChangeKind::RemoveConstraint { name: name.clone() };
        [taken].into_iter().chain(back).map(|kind| Change::new(self.name, kind)).collect()
    }
}
