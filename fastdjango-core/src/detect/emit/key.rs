//! The primary key, and the numbers that a database gives to nothing but a key of its own.

use crate::detect::change::{Change, ChangeKind};
use crate::detect::ready::Scene;
use crate::name::ModelRef;
use crate::operation::Operation;
use crate::state::{FieldState, ModelState};

/// The key as it shall be; what was numbered as the key and stays without being it is numbered no more.
pub(super) fn alter(scene: Scene<'_>, model: &ModelRef, here: &ModelState, there: &ModelState) -> Vec<Operation> {
    let (from, to) = (here.primary_key.clone(), there.primary_key.clone());
    if from == to {
        return Vec::new();
    }
    let rest = ModelState { primary_key: to.clone(), ..here.clone() };
    let numbered = |field: &FieldState| field.auto && from.contains(&field.name);
    let stays = |field: &&FieldState| {
        let plain = there.field(&field.name).is_none_or(|last| !last.auto);
        numbered(field) && plain && !scene.goes(model, &rest, &field.name)
    };
    let plain = here.fields.iter().filter(stays).map(|field| {
        let plain = FieldState { auto: false, ..field.clone() };
        super::alter(model, field.clone(), plain, None, None)
    });
    let mut operations: Vec<Operation> = plain.collect();
    operations.push(Operation::AlterPrimaryKey { model: model.model.clone(), from, to });
    operations
}

/// The change of the key that has to come with the field: it is numbered, and the key from then on.
pub(in crate::detect) fn comes_with(
    model: &ModelRef,
    field: &FieldState,
    here: &ModelState,
    there: &ModelState,
) -> Option<Change> {
    let is_key = there.primary_key.as_slice() == std::slice::from_ref(&field.name);
    let comes = field.auto && is_key && here.primary_key != there.primary_key;
    comes.then(|| Change::new(model, ChangeKind::AlterPrimaryKey))
}
