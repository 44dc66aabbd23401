//! An order for all changes, cut into migrations: one for each app wherever the apps do not wait for each other.

use std::collections::BTreeSet;

use super::change::{Change, ChangeKind};
use super::draft::Draft;
use super::emit;
use super::ready::Scene;
use super::untie;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::name::{AppLabel, ModelRef};
use crate::operation::Operation;
use crate::state::ProjectState;

/// The state so far, and what is left to do.
#[derive(Clone)]
pub(super) struct Work {
    pub(super) state: ProjectState,
    pub(super) pending: Vec<Change>,
    /// Changes that the state refused, with its reasons.
    refused: Vec<(ModelRef, Diagnostic)>,
}

impl Work {
    /// Adds a change in its place; false where it is pending already.
    pub(super) fn add(&mut self, change: Change) -> bool {
        let known = match &change.kind {
            // Whatever else is to become of the field ends in its last definition too.
            ChangeKind::AlterField { field, fill: None, reverse_fill: None } => {
                self.pending.iter().any(|other| other.decides_field(&change.model, field))
            }
            _ => self.pending.contains(&change),
        };
        if !known {
            let place = self.pending.partition_point(|other| other.rank() <= change.rank());
            self.pending.insert(place, change);
        }
        !known
    }
}

/// Orders the changes. Apps that can finish alone do so first; one that cannot goes as far as it can.
pub(super) fn schedule(
    previous: &ProjectState,
    target: &ProjectState,
    mut changes: Vec<Change>,
    errors: &mut Diagnostics,
) -> Vec<Draft> {
    changes.sort_by_key(Change::rank);
    let mut work = Work { state: previous.clone(), pending: changes, refused: Vec::new() };
    let mut drafts = Vec::new();
    while !work.pending.is_empty() {
        if let Some((app, operations, after)) = next_migration(&work, target) {
            Draft::push(&mut drafts, app, operations, &work.state);
            work = after;
        } else if !untie::untie(&mut work, target, None) {
            force(&mut work, target, &mut drafts);
        }
    }
    for (model, why) in work.refused {
        let message = format!("no order of operations leads to `{model}` as the models have it");
        errors.push(Diagnostic::error(code::NO_ORDER, message).note(why.message));
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
        operations.extend(make(work, at, target));
    }
}

/// Makes one change, as far as the state lets it, and keeps what it leaves for later in its place.
fn make(work: &mut Work, at: usize, target: &ProjectState) -> Vec<Operation> {
    let change = work.pending.remove(at);
    let emitted = emit::emit(&change, Scene { state: &work.state, target, pending: &work.pending });
    let mut made = Vec::with_capacity(emitted.operations.len());
    for operation in emitted.operations {
        if let Err(why) = operation.apply(&change.model.app, &mut work.state) {
            work.refused.push((change.model, why));
            return made;
        }
        made.push(operation);
    }
    for later in emitted.later {
        work.add(later);
    }
    made
}

/// Makes the first change although something is in its way; what the state refuses is an error of the models.
fn force(work: &mut Work, target: &ProjectState, drafts: &mut Vec<Draft>) {
    let app = work.pending[0].model.app.clone();
    let before = work.state.clone();
    let operations = make(work, 0, target);
    Draft::push(drafts, app, operations, &before);
}
