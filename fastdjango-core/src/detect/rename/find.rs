//! The renames of a run, and the previous state with all of them made.

use std::collections::BTreeMap;

use super::{fields, models, order};
use crate::detect::change::{Change, ChangeKind};
use crate::detect::emit::emit;
use crate::detect::findings::Findings;
use crate::detect::pending::Pending;
use crate::detect::ready::Scene;
use crate::name::{AppLabel, FieldName, ModelName, ModelRef};
use crate::pair::Pair;
use crate::state::ProjectState;

/// An old name and the new one.
pub(super) type Rename<T> = (T, T);

/// Finds the renames of models, their moves, then the renames of fields, and makes them on a copy of the previous state.
pub(in crate::detect) fn find(states: Pair<&ProjectState>, findings: &mut Findings<'_>) -> (Vec<Change>, ProjectState) {
    let mut changes = Vec::new();
    let mut state = states.previous.clone();
    let (within, across): (Vec<_>, Vec<_>) =
        models::find(states, findings).into_iter().partition(|(old, new)| old.app == new.app);
    let (free, taken): (Vec<_>, Vec<_>) = across.into_iter().partition(|(_, to)| !state.models.contains_key(to));
    move_all(free, &mut changes, &mut state, states.next);
    for (app, pairs) in by_app(within) {
        let taken = state.app(&app).map(|(model, _)| model.model.to_string());
        for (from, to) in order::order(pairs, taken.collect()) {
            let kind = ChangeKind::RenameModel { from: ModelName::new(from) };
            make(&mut changes, &mut state, states.next, Change::new(&ModelRef::new(app.clone(), to), kind));
        }
    }
    // The names that these come to are free only now.
    move_all(taken, &mut changes, &mut state, states.next);
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

fn move_all(moves: Vec<Rename<ModelRef>>, changes: &mut Vec<Change>, state: &mut ProjectState, next: &ProjectState) {
    for (from, to) in moves {
        make(changes, state, next, Change::new(&from, ChangeKind::MoveModel { to: to.clone() }));
        make(changes, state, next, Change::new(&to, ChangeKind::ReceiveModel { from }));
    }
}

fn by_app(renames: Vec<Rename<ModelRef>>) -> BTreeMap<AppLabel, Vec<Rename<String>>> {
    let mut apps: BTreeMap<AppLabel, Vec<Rename<String>>> = BTreeMap::new();
    for (from, to) in renames {
        apps.entry(from.app).or_default().push((from.model.to_string(), to.model.to_string()));
    }
    apps
}

fn make(changes: &mut Vec<Change>, state: &mut ProjectState, next: &ProjectState, change: Change) {
    let operations = emit(&change, Scene { state, target: next, pending: &Pending::default() }).operations;
    let made = operations.iter().all(|operation| operation.apply(&change.model.app, state).is_ok());
    if made {
        changes.push(change);
    }
}
