//! Fields that change places: columns and names that go round among them.

use fastdjango_core::name::FieldName;
use fastdjango_core::state::{FieldState, ModelState};

use super::Dice;

/// Two or three fields hand their columns on, each to the next; one more may go, and leave its column to the first.
pub(super) fn columns(model: &mut ModelState, dice: &mut Dice) {
    let chosen = some(model, dice);
    let columns: Vec<Option<String>> = chosen.iter().map(|&at| model.fields[at].column_name()).collect();
    for (place, &at) in chosen.iter().enumerate() {
        let next = columns[(place + 1) % columns.len()].clone();
        put(&mut model.fields[at], next);
    }
    if let Some(&at) = chosen.first().filter(|_| dice.once_in(4)) {
        let gone = dice.below(model.fields.len());
        let column = model.fields[gone].column_name();
        if gone != at && column.is_some() {
            put(&mut model.fields[at], column);
            model.fields.remove(gone);
        }
    }
}

/// Two or three fields hand their names on; each keeps its column, or takes the one that comes with the name.
pub(super) fn names(model: &mut ModelState, dice: &mut Dice) {
    let chosen = some(model, dice);
    let names: Vec<FieldName> = chosen.iter().map(|&at| model.fields[at].name.clone()).collect();
    let keep = dice.once_in(2);
    for (place, &at) in chosen.iter().enumerate() {
        let column = model.fields[at].column_name();
        model.fields[at].name = names[(place + 1) % names.len()].clone();
        if keep {
            put(&mut model.fields[at], column);
        }
    }
}

/// The places of two or three fields that have columns; none where there are fewer.
fn some(model: &ModelState, dice: &mut Dice) -> Vec<usize> {
    let mut left: Vec<usize> = (0..model.fields.len()).filter(|&at| model.fields[at].column_name().is_some()).collect();
    let wanted = 2 + dice.below(2);
    let mut chosen = Vec::new();
    while chosen.len() < wanted && !left.is_empty() {
        chosen.push(left.remove(dice.below(left.len())));
    }
    if chosen.len() < 2 { Vec::new() } else { chosen }
}

/// Gives the field a column, written down only where its name does not imply it.
fn put(field: &mut FieldState, column: Option<String>) {
    field.column = None;
    if field.column_name() != column {
        field.column = column;
    }
}
