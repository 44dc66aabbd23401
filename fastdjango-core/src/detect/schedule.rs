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

/// Orders the changes. Apps that can finish alone do so first; one that cannot goes as far as it can.
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
        if let Some((app, operations, after)) = next_migration(&work, target) {
            Draft::push(&mut drafts, app, operations, &work.state);
            work = after;
        } else if !untie::untie(&mut work, target, None) {
            force(&mut work, target, &mut drafts, errors);
        }
    }
    drafts
}

/// The next app that can do all of its changes; else, where apps wait for each other in a circle, the one that opens it
/// with the fewest references left for later; else the next that can do some.
fn next_migration(work: &Work, target: &ProjectState) -> Option<(AppLabel, Vec<Operation>, Work)> {
    let apps: BTreeSet<&AppLabel> = work.pending.iter().map(|change| &change.model.app).collect();
    let mut partial = None;
    for app in &apps {
        let mut attempt = work.clone();
        let operations = drain(app, &mut attempt, target);
        if left(app, &attempt) == 0 {
            return Some(((*app).clone(), operations, attempt));
        }
        if partial.is_none() && !operations.is_empty() {
            partial = Some(((*app).clone(), operations, attempt));
        }
    }
    open_circle(work, target, &apps).or(partial)
}

/// Creates the models of one app without the references that wait for other apps, so that another app can finish.
fn open_circle(
    work: &Work,
    target: &ProjectState,
    apps: &BTreeSet<&AppLabel>,
) -> Option<(AppLabel, Vec<Operation>, Work)> {
    let attempts = apps.iter().filter_map(|app| {
        let mut attempt = work.clone();
        let mut operations = drain_ready(app, &mut attempt, target);
        // Across before within: what only waits for a model that waits for another app is in no circle of its own.
        while untie::defer_across(&mut attempt, target, app) || untie::untie(&mut attempt, target, Some(app)) {
            operations.extend(drain_ready(app, &mut attempt, target));
        }
        let opens =
            apps.iter().any(|other| other != app && left(other, &attempt) > 0 && finishes(other, &attempt, target));
        (opens && !operations.is_empty()).then(|| ((*app).clone(), operations, attempt))
    });
    attempts.min_by_key(|(app, _, attempt)| left(app, attempt))
}

fn finishes(app: &AppLabel, work: &Work, target: &ProjectState) -> bool {
    let mut attempt = work.clone();
    drain(app, &mut attempt, target);
    left(app, &attempt) == 0
}

/// How many changes of the app are still to be made.
fn left(app: &AppLabel, work: &Work) -> usize {
    work.pending.iter().filter(|change| change.model.app == *app).count()
}

/// Makes every change of one app that can be made, untying circles within the app.
fn drain(app: &AppLabel, work: &mut Work, target: &ProjectState) -> Vec<Operation> {
    let mut operations = drain_ready(app, work, target);
    while untie::untie(work, target, Some(app)) {
        operations.extend(drain_ready(app, work, target));
    }
    operations
}

/// Makes every change of one app that can be made as it is, in the order of their ranks.
fn drain_ready(app: &AppLabel, work: &mut Work, target: &ProjectState) -> Vec<Operation> {
    let mut operations = Vec::new();
    loop {
        let scene = Scene { state: &work.state, target, pending: &work.pending };
        let ready = work.pending.iter().position(|change| change.model.app == *app && scene.is_ready(change));
        let Some(at) = ready else { return operations };
        operations.extend(make(work, at, target).0);
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
