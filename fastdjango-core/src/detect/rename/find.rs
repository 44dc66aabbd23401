//! The renames of a run, and the previous state with all of them made.

use super::{fields, models, order};
use crate::detect::change::{Change, ChangeKind};
use crate::detect::emit::emit;
use crate::detect::findings::Findings;
use crate::detect::pending::Pending;
use crate::detect::ready::Scene;
use crate::name::{FieldName, ModelName, ModelRef};
use crate::pair::Pair;
use crate::state::ProjectState;

/// An old name and the new one.
pub(super) type Rename<T> = (T, T);

/// Finds the renames of models, then of fields, and makes them on a copy of the previous state.
pub(in crate::detect) fn find(states: Pair<&ProjectState>, findings: &mut Findings<'_>) -> (Vec<Change>, ProjectState) {
    let mut changes = Vec::new();
    let mut state = states.previous.clone();
    for (app, renames) in models::find(states, findings) {
        let taken = states.previous.app(&app).map(|(model, _)| model.model.to_string());
        let pairs = renames.iter().map(|(from, to)| (from.to_string(), to.to_string())).collect();
        for (from, to) in order::order(pairs, taken.collect()) {
            let from = ModelName::new(from);
            make(
                &mut changes,
                &mut state,
                states.next,
                Change::new(&ModelRef::new(app.clone(), to), ChangeKind::RenameModel { from }),
            );
        }
    }
    for (model, renames) in fields::find(Pair::new(&state, states.next), findings) {
        let taken = state.models.get(&model).into_iter().flat_map(|m| &m.fields).map(|f| f.name.to_string()).collect();
        let pairs = renames.iter().map(|(from, to)| (from.to_string(), to.to_string())).collect();
        for (from, to) in order::order(pairs, taken) {
            let kind = ChangeKind::RenameField { from: FieldName::new(from), to: FieldName::new(to) };
            make(&mut changes, &mut state, states.next, Change::new(&model, kind));
        }
    }
    (changes, state)
}

fn make(changes: &mut Vec<Change>, state: &mut ProjectState, next: &ProjectState, change: Change) {
    let operations = emit(&change, Scene { state, target: next, pending: &Pending::default() }).operations;
    let made = operations.iter().all(|operation| operation.apply(&change.model.app, state).is_ok());
    if made {
        changes.push(change);
    }
}
