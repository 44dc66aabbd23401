//! New models that refer to each other.

use std::collections::{BTreeMap, BTreeSet};

use super::belongs;
use crate::detect::change::ChangeKind;
use crate::detect::pending::Place;
use crate::detect::ready::Creation;
use crate::detect::schedule::Work;
use crate::name::{AppLabel, ModelRef};
use crate::state::ProjectState;

/// Lets one model of `app` be created without the references that wait, among them one to another app.
pub(in crate::detect) fn defer_across(work: &mut Work<'_>, target: &ProjectState, app: &AppLabel) -> bool {
    defer_one(work, target, Some(app), |unready| unready.iter().any(|(other, _)| other.app != *app))
}

/// Lets one model be created without the references that wait.
pub(super) fn defer(work: &mut Work<'_>, target: &ProjectState, app: Option<&AppLabel>) -> bool {
    defer_one(work, target, app, |unready| unready.iter().all(|(other, _)| belongs(other, app)))
}

/// A new model that may wait for others, and the places of those that it waits for.
struct Waiting<'a> {
    model: &'a ModelRef,
    place: Place,
    others: Vec<&'a ModelRef>,
    /// True where what waits can come later without a column.
    pairs: bool,
}

/// Of the new models that may, one of a circle is deferred before any that only waits for it, and there one whose waiting references
/// need no column.
fn defer_one(
    work: &mut Work<'_>,
    target: &ProjectState,
    app: Option<&AppLabel>,
    may: impl Fn(&[(&ModelRef, bool)]) -> bool,
) -> bool {
    let scene = work.scene(target);
    let waiting = work.pending.kind(&ChangeKind::CreateModel { deferred: false }, app).filter_map(|(place, change)| {
        let ChangeKind::CreateModel { deferred: false } = change.kind else { return None };
        let creation = Creation { scene, model: &change.model, wanted: target.models.get(&change.model)? };
        let unready: Vec<(&ModelRef, bool)> = creation.unready().collect();
        may(&unready).then(|| Waiting {
            model: &change.model,
            place,
            pairs: unready.iter().all(|(_, pairs)| *pairs),
            others: unready.into_iter().map(|(other, _)| other).collect(),
        })
    });
    let mut waiting: Vec<Waiting<'_>> = waiting.collect();
    if let Some(circle) = circle(&waiting) {
        waiting.retain(|one| circle.contains(one.model));
    }
    let Some(one) = waiting.iter().find(|one| one.pairs).or(waiting.first()) else { return false };
    let place = one.place;
    work.pending.replace(place, ChangeKind::CreateModel { deferred: true });
    true
}

/// The models of one circle; none where whoever waits waits for something else.
fn circle<'a>(waiting: &[Waiting<'a>]) -> Option<BTreeSet<&'a ModelRef>> {
    let others: BTreeMap<&ModelRef, &[&'a ModelRef]> =
        waiting.iter().map(|one| (one.model, one.others.as_slice())).collect();
    let mut done: BTreeSet<&ModelRef> = BTreeSet::new();
    for one in waiting {
        // The models from the first one on, each with how many of those that it waits for were looked at.
        let mut path: Vec<(&'a ModelRef, usize)> = vec![(one.model, 0)];
        while let Some((model, looked)) = path.last_mut() {
            let Some(next) = others.get(model).and_then(|others| others.get(*looked)).copied() else {
                done.insert(model);
                path.pop();
                continue;
            };
            *looked += 1;
            if let Some(at) = path.iter().position(|(model, _)| *model == next) {
                return Some(path[at..].iter().map(|(model, _)| *model).collect());
            }
            if !done.contains(next) && others.contains_key(next) {
                path.push((next, 0));
            }
        }
    }
    None
}
