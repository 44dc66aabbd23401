//! Which apps cannot do all of their changes alone, seen without an attempt: what they wait for is in another app.

use super::change::{Change, ChangeKind};
use super::schedule::Work;
use crate::name::{AppLabel, ModelRef};
use crate::state::ProjectState;

/// True where some change of the app waits for a model of another app to come or to let go; no attempt would end it.
pub(super) fn waits_for_others(app: &AppLabel, work: &Work<'_>, target: &ProjectState) -> bool {
    work.pending.within(app).any(|(_, change)| waits(change, work, target))
}

fn waits(change: &Change, work: &Work<'_>, target: &ProjectState) -> bool {
    let elsewhere = |model: &ModelRef| model.app != change.model.app;
    let missing = |model: &ModelRef| elsewhere(model) && !work.state.models.contains_key(model);
    let there = target.models.get(&change.model);
    match &change.kind {
        ChangeKind::DeleteModel => work.state.referrers(&change.model).any(elsewhere),
        ChangeKind::CreateModel { deferred: false } => there.is_some_and(|there| there.targets().any(missing)),
        ChangeKind::AddField { field, .. } | ChangeKind::AlterField { field, .. } => {
            there.and_then(|there| there.field(field)).is_some_and(|field| field.targets().any(missing))
        }
        _ => false,
    }
}
