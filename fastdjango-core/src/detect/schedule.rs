//! An order for all changes, cut into migrations: one for each app wherever the apps do not wait for each other.

use std::collections::BTreeSet;

use super::change::Change;
use super::draft::Draft;
use super::emit;
use super::ready::Scene;
use super::untie;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::name::AppLabel;
use crate::operation::Operation;
use crate::state::ProjectState;

/// The state so far, and what is left to do.
#[derive(Clone)]
pub(super) struct Work {
    pub(super) state: ProjectState,
    pub(super) pending: Vec<Change>,
}

/// Orders the changes. Apps that can finish alone do so first; then circles are cut; one that waits goes as far as it can.
pub(super) fn schedule(
    previous: &ProjectState,
    target: &ProjectState,
    mut changes: Vec<Change>,
    errors: &mut Diagnostics,
) -> Vec<Draft> {
    changes.sort_by_key(Change::rank);
    let mut work = Work { state: previous.clone(), pending: changes };
    let mut drafts = Vec::new();
    while !work.pending.is_empty() {
        let (whole, part) = next_migration(&work, target);
        let cut = whole.is_none() && untie::cut_circle(&mut work, target, None);
        if let Some((app, operations, after)) = whole.or(part.filter(|_| !cut)) {
            Draft::push(&mut drafts, app, operations, &work.state);
            work = after;
        } else if !cut && !untie::untie(&mut work, target, None) {
            force(&mut work, target, &mut drafts, errors);
        }
    }
    drafts
}

/// What an app can do next, and what is left then.
type Next = (AppLabel, Vec<Operation>, Work);

/// The next app that can do all of its changes; or, second, the next that can do some.
fn next_migration(work: &Work, target: &ProjectState) -> (Option<Next>, Option<Next>) {
    let apps: BTreeSet<&AppLabel> = work.pending.iter().map(|change| &change.model.app).collect();
    let mut partial = None;
    for app in apps {
        let mut attempt = work.clone();
        let operations = drain(app, &mut attempt, target);
        if attempt.pending.iter().all(|change| change.model.app != *app) {
            return (Some((app.clone(), operations, attempt)), None);
        }
        if partial.is_none() && !operations.is_empty() {
            partial = Some((app.clone(), operations, attempt));
        }
    }
    (None, partial)
}

/// Makes every change of one app that can be made, in the order of their ranks, untying circles within the app.
fn drain(app: &AppLabel, work: &mut Work, target: &ProjectState) -> Vec<Operation> {
    let mut operations = Vec::new();
    loop {
        let scene = Scene { state: &work.state, target, pending: &work.pending };
        let ready = work.pending.iter().position(|change| change.model.app == *app && scene.is_ready(change));
        match ready {
            Some(at) => operations.extend(make(work, at, target).0),
            None if untie::untie(work, target, Some(app)) => {}
            None => return operations,
        }
    }
}

/// Makes one change, and keeps what it leaves for later in its place.
fn make(work: &mut Work, at: usize, target: &ProjectState) -> (Vec<Operation>, Option<Diagnostic>) {
    let change = work.pending.remove(at);
    let emitted = emit::emit(&change, &work.state, target);
    for operation in &emitted.operations {
        if let Err(why) = operation.apply(&change.model.app, &mut work.state) {
            return (Vec::new(), Some(why));
        }
    }
    for later in emitted.later {
        let place = work.pending.partition_point(|other| other.rank() <= later.rank());
        work.pending.insert(place, later);
    }
    (emitted.operations, None)
}

/// Makes the first change although something is in its way; what the state refuses is an error of the models.
fn force(work: &mut Work, target: &ProjectState, drafts: &mut Vec<Draft>, errors: &mut Diagnostics) {
    let change = work.pending[0].clone();
    let before = work.state.clone();
    let (operations, refused) = make(work, 0, target);
    match refused {
        None => Draft::push(drafts, change.model.app, operations, &before),
        Some(why) => {
            work.state = before;
            let message = format!("no order of operations leads to `{}` as the models have it", change.model);
            errors.push(Diagnostic::error(code::NO_ORDER, message).note(why.message));
        }
    }
}
