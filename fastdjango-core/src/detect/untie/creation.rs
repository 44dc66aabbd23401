//! New models that refer to each other.

use super::belongs;
use crate::detect::change::ChangeKind;
use crate::detect::ready::{Creation, Scene};
use crate::detect::schedule::Work;
use crate::name::{AppLabel, ModelRef};
use crate::state::ProjectState;

/// Lets one model of `app` be created without the references that wait, among them one to another app.
pub(in crate::detect) fn defer_across(work: &mut Work, target: &ProjectState, app: &AppLabel) -> bool {
    defer_one(work, target, |model, unready| model.app == *app && unready.iter().any(|(other, _)| other.app != *app))
}

/// Lets one model be created without the references that wait.
pub(super) fn defer(work: &mut Work, target: &ProjectState, app: Option<&AppLabel>) -> bool {
    defer_one(work, target, |model, unready| {
        belongs(model, app) && unready.iter().all(|(other, _)| belongs(other, app))
    })
}

/// Of the new models that may, one whose waiting references need no column is deferred before any other.
fn defer_one(work: &mut Work, target: &ProjectState, may: impl Fn(&ModelRef, &[(&ModelRef, bool)]) -> bool) -> bool {
    let waits = |only_pairs: bool| {
        work.pending.iter().position(|change| {
            let ChangeKind::CreateModel { deferred: false } = change.kind else { return false };
            let Some(wanted) = target.models.get(&change.model) else { return false };
            let scene = Scene { state: &work.state, target, pending: &work.pending };
            let creation = Creation { scene, model: &change.model, wanted };
            let unready: Vec<(&ModelRef, bool)> = creation.unready().collect();
            may(&change.model, &unready) && (!only_pairs || unready.iter().all(|(_, pairs)| *pairs))
        })
    };
    let Some(at) = waits(true).or_else(|| waits(false)) else { return false };
    work.pending[at].kind = ChangeKind::CreateModel { deferred: true };
    true
}
