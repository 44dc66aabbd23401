//! What a run tells observers: a `tracing` span for each migration, and within it one for each step.
//!
//! Both are of the level `INFO`; how long each took is the span's own time. The statements are events of the level `DEBUG`.

use std::time::Instant;

use tracing::field::Empty;
use tracing::{Instrument, Span, debug, info_span};

use super::fault::{Attempt, Fault};
use super::job::Job;
use super::{Direction, Outcome, Progress, RunOptions, Unit};
use crate::migration::Step;

/// The span of one migration on a database of that engine, within the span of whoever called: that of the database, where it is one of many.
pub(super) fn migration(unit: &Unit<'_>, options: &RunOptions, engine: &str) -> Span {
    let direction = match unit.direction {
        Direction::Forward => "forward",
        Direction::Backward => "backward",
    };
    let (migration, run_id) = (&unit.migration, &options.run_id);
    info_span!("migration", %migration, direction, engine, %run_id, outcome = Empty, error = Empty)
}

/// Writes down how a migration ended.
pub(super) fn end(span: &Span, outcome: &Attempt<Outcome>) {
    match outcome {
        Ok(Outcome::Done { .. } | Outcome::Recorded | Outcome::GivenUp) => span.record("outcome", "done"),
        Ok(Outcome::AlreadyDone) => span.record("outcome", "already done"),
        Err(fault) => span.record("outcome", "failed").record("error", said(fault)),
    };
}

/// Does the work of a step within its span, and tells of its beginning and of its good end; it is the step at a place, of so many.
pub(super) async fn step(
    job: &Job,
    (place, of): (usize, usize),
    step: &Step,
    work: impl Future<Output = Attempt<Option<u64>>>,
) -> Attempt<Option<u64>> {
    let number = place + 1;
    let span = info_span!("step", number, of, rows = Empty, error = Empty);
    let text = step.text();
    span.in_scope(|| debug!(sql = text));
    job.tell(Progress::StepStarted { number, of, text });
    let started = Instant::now();
    let done = work.instrument(span.clone()).await;
    match &done {
        Ok(rows) => {
            if let Some(rows) = rows {
                span.record("rows", *rows);
            }
            job.tell(Progress::StepFinished { number, of, elapsed: started.elapsed(), rows: *rows });
        }
        Err(fault) => {
            span.record("error", said(fault));
        }
    }
    done
}

fn said(fault: &Fault) -> &str {
    &fault.diagnostic.message
}
