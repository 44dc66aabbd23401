//! An order for all changes, cut into migrations: one for each app wherever the apps do not wait for each other.

use super::change::{Change, ChangeKind};
use super::draft::{Draft, Operations};
use super::emit;
use super::finish::waits_for_others;
use super::pending::{Ask, Pending, Place};
use super::ready::{Contested, Scene};
use super::untie;
use super::wake::Woken;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::name::{AppLabel, ModelRef};
use crate::pair::Pair;
use crate::state::ProjectState;

/// The state so far, and what is left to do. A copy shares both, so that an attempt costs what it does.
#[derive(Clone)]
pub(super) struct Work<'a> {
    pub(super) state: ProjectState,
    pub(super) pending: Pending,
    contested: &'a Contested<'a>,
    /// Changes that the state refused, with its reasons.
    refused: Vec<(ModelRef, Diagnostic)>,
}

impl Work<'_> {
    /// Adds a change in its place; false where it is pending already.
    pub(super) fn add(&mut self, change: Change) -> bool {
        let mut others = self.pending.of(&change.model);
        let known = match &change.kind {
            // Whatever else is to become of the field ends in its last definition too.
            ChangeKind::AlterField { field, fill: None, reverse_fill: None, .. } => {
                others.any(|other| other.decides_field(&change.model, field))
            }
            _ => others.any(|other| *other == change),
        };
        drop(others);
        if !known {
            let model = change.model.clone();
            self.pending.insert(change);
            self.pending.wake(&model);
        }
        !known
    }

    /// What the first change answers that has an answer, of the app or of all.
    pub(super) fn first<T>(
        &mut self,
        ask: Ask,
        app: Option<&AppLabel>,
        answer: impl Fn(&Self, &Change) -> Option<T>,
    ) -> Option<(Place, T)> {
        let mut in_vain = Vec::new();
        let found = self.pending.open(ask, app).find_map(|(place, change)| {
            let answer = answer(self, change);
            in_vain.extend(answer.is_none().then_some(place));
            Some((place, answer?))
        });
        if let Some(app) = app {
            self.pending.put_aside(ask, app, &in_vain);
        }
        found
    }

    pub(super) fn scene<'a>(&'a self, target: &'a ProjectState) -> Scene<'a> {
        Scene { state: &self.state, target, pending: &self.pending, contested: self.contested }
    }
}

/// Orders the changes. Apps that can finish alone do so first; one that cannot goes as far as it can.
pub(super) fn schedule(
    previous: &ProjectState,
    target: &ProjectState,
    changes: Vec<Change>,
    errors: &mut Diagnostics,
) -> Vec<Draft> {
    let contested = Contested::new(Pair::new(previous, target), &changes);
    let pending = changes.into_iter().collect();
    let mut work = Work { state: previous.clone(), pending, contested: &contested, refused: Vec::new() };
    let mut drafts = Vec::new();
    while let Some((first, _)) = work.pending.first() {
        if let Some((app, operations, after)) = next_migration(&work, target) {
            Draft::push(&mut drafts, app, operations);
            work = after;
        } else if !untie::untie(&mut work, target, None) {
            force(&mut work, first, target, &mut drafts);
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
fn next_migration<'a>(work: &Work<'a>, target: &ProjectState) -> Option<(AppLabel, Operations, Work<'a>)> {
    let apps: Vec<&AppLabel> = work.pending.apps().collect();
    for app in &apps {
        if let Some((operations, after)) = finished(app, work, target) {
            return Some(((*app).clone(), operations, after));
        }
    }
    open_circle(work, target, &apps).or_else(|| {
        apps.iter().find_map(|app| {
            let mut attempt = work.clone();
            let operations = drain(app, &mut attempt, target);
            (!operations.is_empty()).then(|| ((*app).clone(), operations, attempt))
        })
    })
}

/// All changes of the app made, where it can make them alone.
fn finished<'a>(app: &AppLabel, work: &Work<'a>, target: &ProjectState) -> Option<(Operations, Work<'a>)> {
    if waits_for_others(app, work, target) {
        return None;
    }
    let mut attempt = work.clone();
    let operations = drain(app, &mut attempt, target);
    (attempt.pending.left(app) == 0).then_some((operations, attempt))
}

/// Makes a part of one app's changes, so that another app can finish: what can be made as it is, or else with models that are created
/// without the references that wait for other apps; those come by operations of their own.
fn open_circle<'a>(
    work: &Work<'a>,
    target: &ProjectState,
    apps: &[&AppLabel],
) -> Option<(AppLabel, Operations, Work<'a>)> {
    let opened = |cut: bool| {
        let attempts = apps.iter().filter_map(|app| {
            let mut attempt = work.clone();
            let operations = open(app, &mut attempt, target, cut);
            let opens = !operations.is_empty()
                && apps.iter().any(|other| {
                    other != app && attempt.pending.left(other) > 0 && finished(other, &attempt, target).is_some()
                });
            opens.then(|| ((*app).clone(), operations, attempt))
        });
        attempts.min_by_key(|(app, _, attempt)| attempt.pending.left(app))
    };
    opened(false).or_else(|| opened(true))
}

fn open(app: &AppLabel, attempt: &mut Work<'_>, target: &ProjectState, cut: bool) -> Operations {
    let mut operations = drain_ready(app, attempt, target);
    // Across before within: what only waits for a model that waits for another app is in no circle of its own.
    while cut && (untie::defer_across(attempt, target, app) || untie::untie(attempt, target, Some(app))) {
        operations.append(drain_ready(app, attempt, target));
    }
    operations
}

/// Makes every change of one app that can be made, untying circles within the app.
fn drain(app: &AppLabel, work: &mut Work<'_>, target: &ProjectState) -> Operations {
    let mut operations = drain_ready(app, work, target);
    while untie::untie(work, target, Some(app)) {
        operations.append(drain_ready(app, work, target));
    }
    operations
}

/// Makes every change of one app that can be made as it is, in the order of their ranks.
fn drain_ready(app: &AppLabel, work: &mut Work<'_>, target: &ProjectState) -> Operations {
    let mut operations = Operations::default();
    let ready = |work: &Work<'_>, change: &Change| work.scene(target).is_ready(change).then_some(());
    while let Some((place, ())) = work.first(Ask::Ready, Some(app), ready) {
        make(work, place, target, &mut operations);
    }
    operations
}

/// Makes one change, as far as the state lets it, behind those that are made, and keeps what it leaves for later in its place.
fn make(work: &mut Work<'_>, place: Place, target: &ProjectState, made: &mut Operations) {
    let Some(change) = work.pending.remove(place) else { return };
    let woken = Woken::by(&change, work.scene(target));
    let emitted = emit::emit(&change, work.scene(target));
    for operation in emitted.operations {
        let touched = made.touched_by(&operation, &change.model.app, &work.state);
        if let Err(why) = operation.apply(&change.model.app, &mut work.state) {
            work.refused.push((change.model, why));
            woken.wake(&mut work.pending);
            return;
        }
        made.push(operation, touched);
    }
    woken.and_targets(&change.model, &work.state).wake(&mut work.pending);
    for later in emitted.later {
        work.add(later);
    }
}

/// Makes the first change although something is in its way; what the state refuses is an error of the models.
fn force(work: &mut Work<'_>, first: Place, target: &ProjectState, drafts: &mut Vec<Draft>) {
    let Some((_, change)) = work.pending.first() else { return };
    let app = change.model.app.clone();
    let mut operations = Operations::default();
    make(work, first, target, &mut operations);
    Draft::push(drafts, app, operations);
}
