//! Whether a reference finds its target, and whether one is in the way of what is to become of it.

use super::Scene;
use crate::detect::change::{Change, ChangeKind};
use crate::name::{FieldName, ModelRef};
use crate::state::{ConstraintKind, ConstraintState, FieldKind, FieldState, ModelState, Pairs, Reference};

impl Scene<'_> {
    /// True where the models that the field names are there, and what it refers to is what it will be.
    pub(super) fn targets_are_ready(&self, field: &FieldState) -> bool {
        match &field.kind {
            FieldKind::Column(_) => self.enum_is_ready(field),
            FieldKind::ForeignKey(reference) => self.reference_is_ready(reference),
            FieldKind::ManyToMany(pairs) => self.pairs_are_ready(pairs, field),
        }
    }

    /// True where the target is there, and its key is the one that it will keep.
    pub(super) fn reference_is_ready(&self, reference: &Reference) -> bool {
        let Some(here) = self.state.models.get(&reference.to) else { return false };
        let fields = reference.to_field.as_ref().map(std::slice::from_ref);
        let ready = match fields {
            Some(fields) => here.is_unique(fields),
            None => here.primary_key.len() == 1 && self.keeps_key(&reference.to, here),
        };
        ready && self.is_last(&reference.to, here, fields)
    }

    /// False where the type of the field would be its own: what it refers to still refers, however far away, to it, or to the
    /// `key` that it is.
    pub(super) fn has_a_type(&self, model: &ModelRef, field: &FieldState, key: &[FieldName]) -> bool {
        let is_own = |reference: &Reference| {
            let fields = reference.to_field.as_ref().map_or(key, std::slice::from_ref);
            reference.to == *model && fields == std::slice::from_ref(&field.name)
        };
        let mut next = field.reference();
        let mut seen: Vec<&Reference> = Vec::new();
        while let Some(reference) = next {
            if is_own(reference) {
                return false;
            }
            // A circle without this field is none of its own.
            if seen.contains(&reference) {
                break;
            }
            seen.push(reference);
            next = self.state.referenced_field(reference).and_then(FieldState::reference);
        }
        true
    }

    fn keeps_key(&self, target: &ModelRef, here: &ModelState) -> bool {
        self.target.models.get(target).is_none_or(|there| there.primary_key == here.primary_key)
    }

    /// True where the models are there, and the target has a key that pairs can refer to.
    pub(super) fn pairs_are_ready(&self, pairs: &Pairs, field: &FieldState) -> bool {
        let key = self.state.models.get(&pairs.to).is_some_and(|there| there.primary_key.len() == 1);
        let is_there = |target: &ModelRef| self.state.models.contains_key(target) && !self.is_moving(target);
        (key || pairs.through.is_some()) && field.targets().all(is_there)
    }

    pub(super) fn constraint_target_is_ready(&self, constraint: &ConstraintState) -> bool {
        match &constraint.kind {
            ConstraintKind::ForeignKey { to, to_fields, .. } => self
                .state
                .models
                .get(to)
                .is_some_and(|there| there.is_unique(to_fields) && self.is_last(to, there, Some(to_fields))),
            ConstraintKind::Unique { .. }
            | ConstraintKind::Check { .. }
            | ConstraintKind::Choices { .. }
            | ConstraintKind::NonNegative { .. } => true,
        }
    }

    /// True where the names mean what they will mean, and nothing that a reference would hinder has yet to be done there.
    fn is_last(&self, target: &ModelRef, here: &ModelState, fields: Option<&[FieldName]>) -> bool {
        let there = self.target.models.get(target);
        let mut pending = self.pending.of(target);
        !self.is_moving(target)
            && fields.into_iter().flatten().all(|field| self.is_still(target, field))
            && !pending.any(|change| hinders(change, here, there, fields))
    }

    /// True where every reference to the model still finds a unique target after the change.
    pub(super) fn keeps_targets_unique(&self, change: &Change, here: &ModelState, there: Option<&ModelState>) -> bool {
        if !may_hinder(change, here) {
            return true;
        }
        let model = &change.model;
        let pairs = here.fields.iter().any(|field| has_pairs_with(field, None))
            || self.state.referring(model).flat_map(|(_, m)| &m.fields).any(|field| has_pairs_with(field, Some(model)));
        let by_pairs = pairs.then_some(None);
        by_pairs.into_iter().chain(self.state.references_to(model)).all(|fields| !hinders(change, here, there, fields))
    }
}

/// True where a reference to these fields of the model, or to its key (`None`), has to go before the change can be made.
pub(in crate::detect) fn hinders(
    change: &Change,
    here: &ModelState,
    there: Option<&ModelState>,
    fields: Option<&[FieldName]>,
) -> bool {
    match &change.kind {
        ChangeKind::DeleteModel => true,
        ChangeKind::RemoveField { field, .. } => fields.is_some_and(|fields| fields.contains(field)),
        ChangeKind::RemoveIndex { .. } | ChangeKind::RemoveConstraint { .. } | ChangeKind::AlterPrimaryKey => {
            may_hinder(change, here) && loses_target(here, &without(change, here, there), fields)
        }
        _ => false,
    }
}

/// False where nothing refers to what the change takes away, whoever refers to the model.
fn may_hinder(change: &Change, here: &ModelState) -> bool {
    let is_unique = |found: &ConstraintState| matches!(found.kind, ConstraintKind::Unique { .. });
    match &change.kind {
        ChangeKind::RemoveIndex { name } => here.index(name).is_some_and(|index| index.unique),
        ChangeKind::RemoveConstraint { name } => here.constraint(name).is_some_and(is_unique),
        _ => true,
    }
}

/// The model without the index, the constraint, or the key that the change takes away.
fn without(change: &Change, here: &ModelState, there: Option<&ModelState>) -> ModelState {
    let mut rest = here.clone();
    match &change.kind {
        ChangeKind::RemoveIndex { name } => rest.indexes.retain(|index| index.name.as_ref() != Some(name)),
        ChangeKind::RemoveConstraint { name } => rest.constraints.retain(|c| c.name.as_ref() != Some(name)),
        ChangeKind::AlterPrimaryKey => rest.primary_key = there.map(|m| m.primary_key.clone()).unwrap_or_default(),
        _ => {}
    }
    rest
}

/// True where a reference to these fields, or to the key (`None`), had a unique target and has none in `rest`.
fn loses_target(here: &ModelState, rest: &ModelState, fields: Option<&[FieldName]>) -> bool {
    match fields {
        Some(fields) => here.is_unique(fields) && !rest.is_unique(fields),
        None => here.primary_key.len() == 1 && rest.primary_key.len() != 1,
    }
}

/// True for a table of pairs of our own: its columns refer to the keys of both models.
pub(super) fn has_pairs_with(field: &FieldState, target: Option<&ModelRef>) -> bool {
    match &field.kind {
        FieldKind::ManyToMany(pairs) => pairs.through.is_none() && target.is_none_or(|target| pairs.to == *target),
        FieldKind::Column(_) | FieldKind::ForeignKey(_) => false,
    }
}
