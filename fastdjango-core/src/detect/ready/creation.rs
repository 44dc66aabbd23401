//! Whether a new model can have its references from the start.

use super::Scene;
use crate::field::ColumnType;
use crate::name::ModelRef;
use crate::state::{ConstraintKind, ConstraintState, FieldKind, FieldState, ModelState};

/// A model about to be created, and where.
#[derive(Clone, Copy)]
pub(in crate::detect) struct Creation<'a> {
    pub(in crate::detect) scene: Scene<'a>,
    pub(in crate::detect) model: &'a ModelRef,
    pub(in crate::detect) wanted: &'a ModelState,
}

impl<'a> Creation<'a> {
    /// The models that stand in the way, each with whether it could wait for a field added later, without a column.
    pub(in crate::detect) fn unready(self) -> impl Iterator<Item = (&'a ModelRef, bool)> {
        let fields = self.wanted.fields.iter().filter(move |field| !self.field_is_ready(field)).flat_map(|field| {
            let pairs = matches!(field.kind, FieldKind::ManyToMany(_));
            field.targets().map(move |target| (target, pairs))
        });
        let constraints = self.wanted.constraints.iter().filter(move |c| !self.constraint_is_ready(c));
        fields.chain(constraints.filter_map(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey { to, .. } => Some((to, false)),
            _ => None,
        }))
    }

    pub(in crate::detect) fn field_is_ready(&self, field: &FieldState) -> bool {
        // A model that is about to get another name means another one by then.
        let is_there = |model: &ModelRef| self.scene.state.models.contains_key(model) && !self.scene.is_moving(model);
        match &field.kind {
            FieldKind::Column(_) => true,
            FieldKind::ForeignKey(reference) => reference.to == *self.model || self.scene.reference_is_ready(reference),
            FieldKind::ManyToMany(pairs) if pairs.to == *self.model => {
                pairs.through.as_ref().is_none_or(|model| model == self.model || is_there(model))
            }
            FieldKind::ManyToMany(pairs) if pairs.through.as_ref() == Some(self.model) => is_there(&pairs.to),
            FieldKind::ManyToMany(pairs) => self.scene.pairs_are_ready(pairs, field),
        }
    }

    /// True where no reference that has to wait leaves a column of an enum which has yet to come.
    pub(in crate::detect) fn plain_types_are_there(&self) -> bool {
        let Scene { state, target, .. } = self.scene;
        let waits =
            self.wanted.fields.iter().filter(|field| field.reference().is_some() && !self.field_is_ready(field));
        waits.filter_map(|field| target.column_type(field)).all(|ty| match ty {
            ColumnType::Enum(name) => state.enums.contains_key(&name),
            _ => true,
        })
    }

    pub(in crate::detect) fn constraint_is_ready(&self, constraint: &ConstraintState) -> bool {
        match &constraint.kind {
            ConstraintKind::ForeignKey { to, .. } if to == self.model => true,
            ConstraintKind::ForeignKey { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Check { .. }
            | ConstraintKind::Choices { .. }
            | ConstraintKind::NonNegative { .. } => self.scene.constraint_target_is_ready(constraint),
        }
    }
}
