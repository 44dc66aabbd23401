//! The renames of a run, and the previous state with all of them made.

use std::collections::BTreeMap;

use super::{fields, models, order, way};
use crate::detect::change::{Change, ChangeKind};
use crate::detect::emit::emit;
use crate::detect::findings::Findings;
use crate::detect::pending::Pending;
use crate::detect::ready::{Contested, Scene};
use crate::name::{AppLabel, FieldName, ModelName, ModelRef};
use crate::pair::Pair;
use crate::state::ProjectState;

/// An old name and the new one.
pub(super) type Rename<T> = (T, T);

/// Finds the renames of models, their moves, then the renames of fields, and makes them on a copy of the previous state.
pub(in crate::detect) fn find(states: Pair<&ProjectState>, findings: &mut Findings<'_>) -> (Vec<Change>, ProjectState) {
    let mut made = Made { changes: Vec::new(), state: states.previous.clone(), next: states.next };
    let (within, across): (Vec<_>, Vec<_>) =
        models::find(states, findings).into_iter().partition(|(old, new)| old.app == new.app);
    let (free, taken): (Vec<_>, Vec<_>) = across.into_iter().partition(|(_, to)| !made.state.models.contains_key(to));
    made.move_all(free);
    for (app, renames) in by_app(within) {
        let renames = way::for_models(&app, renames, &mut made, findings);
        let names = made.state.app(&app).map(|(model, _)| model.model.to_string()).collect();
        for (from, to) in order::order(texts(&renames), names) {
            let kind = ChangeKind::RenameModel { from: ModelName::new(from) };
            made.make(Change::new(&ModelRef::new(app.clone(), to), kind));
        }
    }
    // The names that these come to are free only now.
    made.move_all(taken);
    for (model, renames) in fields::find(Pair::new(&made.state, states.next), findings) {
        let renames = way::for_fields(&model, renames, &mut made, findings);
        let fields = made.state.models.get(&model).into_iter().flat_map(|m| &m.fields);
        let names = fields.map(|f| f.name.to_string()).collect();
        for (from, to) in order::order(texts(&renames), names) {
            let kind = ChangeKind::RenameField { from: FieldName::new(from), to: FieldName::new(to) };
            made.make(Change::new(&model, kind));
        }
    }
    (made.changes, made.state)
}

/// Changes, and the state that they made.
pub(super) struct Made<'a> {
    pub(super) changes: Vec<Change>,
    pub(super) state: ProjectState,
    pub(super) next: &'a ProjectState,
}

impl Made<'_> {
    fn move_all(&mut self, moves: Vec<Rename<ModelRef>>) {
        for (from, to) in moves {
            self.make(Change::new(&from, ChangeKind::MoveModel { to: to.clone() }));
            self.make(Change::new(&to, ChangeKind::ReceiveModel { from }));
        }
    }

    /// Makes a change; false where the state does not let it.
    fn make(&mut self, change: Change) -> bool {
        // Nobody waits for anybody here, for a name neither.
        let (pending, contested) = (Pending::default(), Contested::new(Pair::new(self.next, self.next), &[]));
        let scene = Scene { state: &self.state, target: self.next, pending: &pending, contested: &contested };
        let operations = emit(&change, scene).operations;
        let made = operations.iter().all(|operation| operation.apply(&change.model.app, &mut self.state).is_ok());
        if made {
            self.changes.push(change);
        }
        made
    }

    /// Makes all of the changes, or none where the state does not let one of them.
    pub(super) fn make_all(&mut self, changes: Vec<Change>) -> bool {
        let mut attempt = Self { changes: Vec::new(), state: self.state.clone(), next: self.next };
        let made = changes.into_iter().all(|change| attempt.make(change));
        if made {
            self.state = attempt.state;
            self.changes.append(&mut attempt.changes);
        }
        made
    }
}

fn by_app(renames: Vec<Rename<ModelRef>>) -> BTreeMap<AppLabel, Vec<Rename<ModelName>>> {
    let mut apps: BTreeMap<AppLabel, Vec<Rename<ModelName>>> = BTreeMap::new();
    for (from, to) in renames {
        apps.entry(from.app).or_default().push((from.model, to.model));
    }
    apps
}

fn texts<T: ToString>(renames: &[Rename<T>]) -> Vec<Rename<String>> {
    renames.iter().map(|(from, to)| (from.to_string(), to.to_string())).collect()
}
