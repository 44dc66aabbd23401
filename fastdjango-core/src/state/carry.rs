//! Between a column and pairs, and between pairs in one table and in another: what a field keeps can come along.

use super::{FieldKind, FieldState};

impl FieldState {
    /// True where `next` keeps in another place what this field keeps, and both mean rows of the same model: an alteration
    /// then carries every value over, while a removal and an addition let them go.
    #[must_use]
    pub fn carries_to(&self, next: &Self) -> bool {
        match (&self.kind, &next.kind) {
            (FieldKind::ForeignKey(key), FieldKind::ManyToMany(pairs))
            | (FieldKind::ManyToMany(pairs), FieldKind::ForeignKey(key)) => {
                key.to == pairs.to && key.to_field.is_none() && pairs.through.is_none()
            }
            (FieldKind::Column(_) | FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_), _) => false,
        }
    }

    /// True where nothing but pairs is kept.
    pub(crate) fn is_pairs(&self) -> bool {
        matches!(self.kind, FieldKind::ManyToMany(_))
    }
}
