//! Circles: changes that wait for each other, loosened one at a time until all of them can be made.

mod columns;
mod creation;
mod enums;
mod references;
mod tables;

use super::schedule::Work;
use crate::name::{AppLabel, ModelRef};
use crate::state::ProjectState;

pub(super) use creation::defer_across;

/// Loosens one circle of changes that wait for each other; within `app`, or wherever one is. False where there is none.
pub(super) fn untie(work: &mut Work<'_>, target: &ProjectState, app: Option<&AppLabel>) -> bool {
    creation::defer(work, target, app)
        || references::detach_deleted(work, target, app)
        || tables::stop_over(work, target, app)
        || columns::move_aside(work, target, app)
        || references::detach_waiting(work, target, app)
        || enums::forget_default(work, target, app)
}

fn belongs(model: &ModelRef, app: Option<&AppLabel>) -> bool {
    app.is_none_or(|app| model.app == *app)
}
