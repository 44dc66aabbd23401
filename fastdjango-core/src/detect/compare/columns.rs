//! Columns under a new name: fragments follow, so that a check that only follows its column is no change.

use std::borrow::Cow;

use crate::name::{FieldName, ModelRef};
use crate::operation::Operation;
use crate::pair::Pair;
use crate::state::{FieldState, ModelState, ProjectState};

/// The previous state with every column that both states have under the name that the next one gives it.
///
/// All columns move at once, over names that no column has: two that swap theirs stay two in every fragment. One that
/// goes makes way where another takes its name.
pub(in crate::detect) fn align(previous: &ProjectState, next: &ProjectState) -> ProjectState {
    let mut aligned = previous.clone();
    for (name, sides) in Pair::new(previous, next).models() {
        let Pair { previous: Some(model), next: Some(there) } = sides else { continue };
        let moves = moves(model, there);
        let between = |at: usize| format!("fastdjango_between_{at}");
        for (at, (field, _)) in moves.iter().enumerate() {
            put(&mut aligned, name, field, between(at));
        }
        for (field, column) in moves {
            if let Some(column) = column {
                put(&mut aligned, name, &field, column);
            }
        }
    }
    aligned
}

/// The fields whose columns move, and where to; `None` for one that only makes way.
fn moves(here: &ModelState, there: &ModelState) -> Vec<(FieldName, Option<String>)> {
    let mut moves = Vec::new();
    for (at, field) in here.fields.iter().enumerate() {
        let after = there.field_near(at, &field.name);
        if after.is_some_and(|after| field.implies_column_of(after)) {
            continue;
        }
        let (Some(before), after) = (field.column_text(), after.and_then(FieldState::column_text)) else { continue };
        let is_wanted = || there.fields.iter().any(|other| other.column_text().as_ref() == Some(&before));
        if after.as_ref().map_or_else(is_wanted, |after| *after != before) {
            moves.push((field.name.clone(), after.map(Cow::into_owned)));
        }
    }
    moves
}

fn put(state: &mut ProjectState, model: &ModelRef, field: &FieldName, column: String) {
    let Some(from) = state.models.get(model).and_then(|m| m.field(field)).cloned() else { return };
    let to = FieldState { column: Some(column), ..from.clone() };
    let operation = Operation::alter_field(model.model.clone(), from, to);
    // What the field is called here is what `apply` looks for, so this cannot fail; if it did, the field would only be compared as it was.
    let _ = operation.apply(&model.app, state);
}
