//! New models that refer to each other.

use super::belongs;
use crate::detect::change::ChangeKind;
use crate::detect::ready::{Creation, Scene};
use crate::detect::schedule::Work;
use crate::name::{AppLabel, ModelRef};
use crate::state::ProjectState;

/// Lets one model of `app` be created without the references that wait, among them one to another app.
pub(in crate::detect) fn defer_across(work: &mut Work, target: &ProjectState, app: &AppLabel) -> bool {
    defer_one(work, target, Some(app), |unready| unready.iter().any(|(other, _)| other.app != *app))
}

/// Lets one model be created without the references that wait.
pub(super) fn defer(work: &mut Work, target: &ProjectState, app: Option<&AppLabel>) -> bool {
    defer_one(work, target, app, |unready| unready.iter().all(|(other, _)| belongs(other, app)))
}

/// Of the new models that may, one whose waiting references need no column is deferred before any other.
fn defer_one(
    work: &mut Work,
    target: &ProjectState,
    app: Option<&AppLabel>,
    may: impl Fn(&[(&ModelRef, bool)]) -> bool,
) -> bool {
    let scene = Scene { state: &work.state, target, pending: &work.pending };
    let mut first = None;
    let pairs = work.pending.kind(&ChangeKind::CreateModel { deferred: false }, app).find_map(|(place, change)| {
        let ChangeKind::CreateModel { deferred: false } = change.kind else { return None };
        let creation = Creation { scene, model: &change.model, wanted: target.models.get(&change.model)? };
        let unready: Vec<(&ModelRef, bool)> = creation.unready().collect();
        if !may(&unready) {
            return None;
        }
        first = first.or(Some(place));
        unready.iter().all(|(_, pairs)| *pairs).then_some(place)
    });
    let Some(place) = pairs.or(first) else { return false };
    work.pending.replace(place, ChangeKind::CreateModel { deferred: true });
    true
}
