//! Models that swap their tables.

use super::belongs;
use crate::detect::change::{Change, ChangeKind};
use crate::detect::schedule::Work;
use crate::name::{AppLabel, ModelRef};
use crate::state::ProjectState;

/// Lets one of the models that swap their tables stop over at a name that no table has.
pub(super) fn stop_over(work: &mut Work<'_>, target: &ProjectState, app: Option<&AppLabel>) -> bool {
    let scene = work.scene(target);
    let waiting = |change: &Change| {
        matches!(change.kind, ChangeKind::AlterTable { through: None, .. }) && !scene.is_ready(change)
    };
    let holder = |change: &Change| {
        let table = &target.models.get(&change.model)?.table;
        work.state.with_table(table).next()
    };
    let stuck =
        work.pending.kind(&ChangeKind::AlterTable { through: None, stopped: false }, app).find(|(_, change)| {
            let in_circle = |model: &ModelRef| work.pending.of(model).any(waiting);
            matches!(change.kind, ChangeKind::AlterTable { stopped: false, .. })
                && waiting(change)
                && holder(change).is_some_and(|m| belongs(m, app) && in_circle(m))
        });
    let Some((place, change)) = stuck else { return false };
    let Some(here) = work.state.models.get(&change.model) else { return false };
    let mut stop = format!("{}_swapped", here.table);
    while work.state.with_table(&stop).next().is_some() {
        stop.push('_');
    }
    work.pending.replace(place, ChangeKind::AlterTable { through: Some(stop), stopped: false });
    true
}
