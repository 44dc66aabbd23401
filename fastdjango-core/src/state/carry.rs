//! Between a column and pairs, and between pairs in one table and in another: what a field keeps can come along.

use super::{FieldKind, FieldState, Pairs, ProjectState, Reference};
use crate::name::ModelRef;

impl FieldState {
    /// True where `next` keeps in another place what this field keeps, and both mean rows of the same model: an alteration
    /// then carries every value over, while a removal and an addition let them go.
    #[must_use]
    pub fn carries_to(&self, next: &Self) -> bool {
        match (&self.kind, &next.kind) {
            (FieldKind::ForeignKey(key), FieldKind::ManyToMany(pairs))
            | (FieldKind::ManyToMany(pairs), FieldKind::ForeignKey(key)) => {
                key.to == pairs.to && pairs.through.is_none()
            }
            (FieldKind::ManyToMany(pairs), FieldKind::ManyToMany(others)) => {
                pairs.to == others.to && pairs.through.is_some() != others.through.is_some()
            }
            (FieldKind::Column(_) | FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_), _) => false,
        }
    }

    /// True where no value of this column is one of `next`; a type of the database's own may mean anything.
    pub(crate) fn is_apart_from(&self, next: &Self) -> bool {
        let own = self.db_type.is_some() || next.db_type.is_some();
        match (&self.kind, &next.kind) {
            (FieldKind::Column(from), FieldKind::Column(to)) => !own && from.is_apart_from(to),
            (FieldKind::Column(_) | FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_), _) => false,
        }
    }

    /// The pairs whose rows are those of a model.
    pub(crate) fn through(&self) -> Option<&Pairs> {
        match &self.kind {
            FieldKind::ManyToMany(pairs) if pairs.through.is_some() => Some(pairs),
            FieldKind::Column(_) | FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_) => None,
        }
    }

    /// True where nothing but pairs is kept.
    pub(crate) fn is_pairs(&self) -> bool {
        matches!(self.kind, FieldKind::ManyToMany(_))
    }
}

impl ProjectState {
    /// The fields by which the model of the pairs refers to both sides; `None` where it is not one key each.
    pub(crate) fn sides(&self, owner: &ModelRef, pairs: &Pairs) -> Option<[&FieldState; 2]> {
        let model = self.models.get(pairs.through.as_ref()?)?;
        let side = |to: &ModelRef| {
            let refers = |reference: &Reference| reference.to == *to;
            let mut keys = model.fields.iter().filter(|field| field.reference().is_some_and(refers));
            let key = keys.next().filter(|key| key.reference().is_some_and(|reference| reference.to_field.is_none()));
            key.filter(|_| keys.next().is_none())
        };
        // Between rows of one model, nobody knows which key is which side.
        let [here, there] = [side(owner)?, side(&pairs.to)?];
        (*owner != pairs.to).then_some([here, there])
    }
}
