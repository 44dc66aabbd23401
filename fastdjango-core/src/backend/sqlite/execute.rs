//! One migration: foreign keys off where a step needs it, one transaction, the event in the history with it.

use std::time::Instant;

use super::failure::Failure;
use super::script::{BEGIN, COMMIT, FOREIGN_KEYS_OFF, FOREIGN_KEYS_ON};
use super::session::Session;
use super::violations::Violations;
use super::{apart, begin, by_hand, dependents, guard, history, rebuild};
use crate::backend::code;
use crate::backend::fault::{Attempt, Fault};
use crate::backend::job::Job;
use crate::backend::{Outcome, Progress, RebuiltTable, span, statement};
use crate::diagnostic::Diagnostic;
use crate::error::ErrorKind;
use crate::migration::Step;

/// What a step works with: the session, and the job to which statements are announced.
pub(super) struct Stage<'a> {
    pub(super) session: &'a mut Session,
    pub(super) job: &'a Job,
}

impl Stage<'_> {
    /// Announces a statement and runs it; returns how many rows it wrote.
    pub(super) async fn statement(&mut self, sql: &str) -> Result<u64, Failure> {
        self.job.announce(sql);
        self.session.execute(sql).await
    }
}

/// What the steps did.
#[derive(Default)]
pub(super) struct Done {
    rebuilt: Vec<RebuiltTable>,
}

impl Done {
    /// Adds what other steps did.
    pub(super) fn extend(&mut self, other: Self) {
        self.rebuilt.extend(other.rebuilt);
    }
}

/// Runs the job to an end, whoever still listens.
pub(super) async fn run(job: Job, mut session: Session) -> (Session, Attempt<Outcome>) {
    let outcome = outcome(&job, &mut session).await;
    (session, outcome.map_err(|fault| job.explain(fault)))
}

async fn outcome(job: &Job, session: &mut Session) -> Attempt<Outcome> {
    guard::steps(&job.steps)?;
    session.prologue().await?;
    session.heed(job.interrupt()).await?;
    if apart::is_wanted(job, session).await? {
        return by_steps(job, session).await;
    }
    // Order matters: the pragma does nothing once a transaction is open.
    if suspends(&job.steps) {
        foreign_keys(job, session, false).await?;
    }
    // The session is closed after a fault, and with it go its pragmas.
    let outcome = transaction(job, session).await?;
    session.unheed().await?;
    if suspends(&job.steps) {
        foreign_keys(job, session, true).await?;
    }
    Ok(outcome)
}

async fn by_steps(job: &Job, session: &mut Session) -> Attempt<Outcome> {
    let started = Instant::now();
    let done = apart::run(job, session).await?;
    session.unheed().await?;
    Ok(match done {
        Some(done) => Outcome::Done { elapsed: started.elapsed(), rebuilt: done.rebuilt },
        None => Outcome::AlreadyDone,
    })
}

async fn transaction(job: &Job, session: &mut Session) -> Attempt<Outcome> {
    begin::begin(session, &job.options, || job.tell(Progress::Waiting)).await?;
    let started = Instant::now();
    session.hold();
    let done = inside(job, session).await;
    session.release();
    match done {
        Ok(Some(done)) => match commit(job, session).await {
            Ok(()) => Ok(Outcome::Done { elapsed: started.elapsed(), rebuilt: done.rebuilt }),
            Err(fault) => {
                begin::rollback(session).await;
                landed(job, session, fault.rolled_back()).await?;
                Ok(Outcome::Done { elapsed: started.elapsed(), rebuilt: done.rebuilt })
            }
        },
        Ok(None) => {
            begin::rollback(session).await;
            Ok(Outcome::AlreadyDone)
        }
        // The session is closed after a fault, and that rolls back.
        Err(fault) => Err(fault.rolled_back()),
    }
}

/// After a COMMIT that failed: asks the history what is true.
async fn landed(job: &Job, session: &mut Session, fault: Box<Fault>) -> Attempt<()> {
    let Ok(history) = history::read_last(session, &[&job.record.migration]).await else {
        let message = "the commit failed, and the history cannot be read: what became of it is not known";
        let diagnostic = Diagnostic::error("E635", message).note(fault.diagnostic.message.clone());
        return Err(Fault::of(
            ErrorKind::Unknown,
            diagnostic.help("run `migrate` again once the database can be read"),
        ));
    };
    if job.landed(&history) { Ok(()) } else { Err(fault) }
}

/// What runs between BEGIN and COMMIT; nothing where another migrator was here first.
async fn inside(job: &Job, session: &mut Session) -> Attempt<Option<Done>> {
    let history = history::read_last(session, &job.concerned()).await?;
    if job.is_done(&history)? {
        return Ok(None);
    }
    job.still_holds(&history)?;
    by_hand::nothing_lost(session, &job.steps, &job.declared, job.direction).await?;
    job.announce(BEGIN);
    let done = guarded(&mut Stage { session, job }, &job.steps, (0, job.steps.len())).await?;
    history::append(session, &job.record, &job.options.run_id).await?;
    Ok(Some(done))
}

/// Runs steps of one transaction, and sees to it that none of them parts a row from its target, or breaks what leans on a table.
///
/// They are those from a place on, of so many.
pub(super) async fn guarded(stage: &mut Stage<'_>, steps: &[Step], range: (usize, usize)) -> Attempt<Done> {
    let broken = if drops(steps) { Some(dependents::broken_anywhere(stage.session).await?) } else { None };
    let before = if suspends(steps) { Some(Violations::count(stage.session).await?) } else { None };
    let done = all_steps(stage, steps, range).await?;
    if let Some(before) = before {
        before.compare(stage.session, steps).await?;
    }
    if let Some(broken) = broken {
        dependents::none_newly_broken(stage.session, &broken).await?;
    }
    Ok(done)
}

async fn all_steps(stage: &mut Stage<'_>, steps: &[Step], (from, of): (usize, usize)) -> Attempt<Done> {
    let mut done = Done::default();
    let job = stage.job;
    for (i, step) in steps.iter().enumerate() {
        job.heed()?;
        let place = from + i;
        let work = async {
            let rows = one_step(stage, step, &mut done).await;
            still_open(stage.session, step, rows)
        };
        span::step(job, (place, of), step, work).await.map_err(|fault| fault.at_step(place + 1, of))?;
    }
    Ok(done)
}

pub(super) async fn commit(job: &Job, session: &mut Session) -> Attempt<()> {
    job.announce(COMMIT);
    begin::commit(session, &job.options).await
}

pub(super) async fn foreign_keys(job: &Job, session: &mut Session, on: bool) -> Attempt<()> {
    let sql = if on { FOREIGN_KEYS_ON } else { FOREIGN_KEYS_OFF };
    job.announce(sql);
    session.execute(sql).await?;
    session.expect("foreign_keys", i64::from(on)).await
}

fn drops(steps: &[Step]) -> bool {
    let drops = |sql: &str| guard::dropped_table(sql).is_some() || guard::drops_column(sql);
    steps.iter().any(|step| match step {
        Step::Sql(sql) => drops(sql),
        Step::Drop { .. } => true,
        Step::Rust { .. } | Step::Autocommit { .. } | Step::Verify { .. } | Step::Rebuild { .. } => false,
    })
}

pub(super) fn suspends(steps: &[Step]) -> bool {
    steps.iter().any(Step::suspends_foreign_keys)
}

/// Refuses where the step ended the transaction: a COMMIT became a rollback, so that nothing is left of it either way.
fn still_open<T>(session: &Session, step: &Step, done: Attempt<T>) -> Attempt<T> {
    if !session.refused_commit() && (done.is_err() || !session.is_over()) {
        return done;
    }
    let diagnostic = Diagnostic::error("E641", "the statement ends the transaction of the migration")
        .note(format!("the statement: {}", step.text()))
        .help("take out what commits or rolls back: the executor begins and commits");
    Err(Fault::refusal(diagnostic))
}

async fn one_step(stage: &mut Stage<'_>, step: &Step, done: &mut Done) -> Attempt<Option<u64>> {
    match step {
        Step::Sql(sql) => {
            if let Some(table) = guard::dropped_table(sql) {
                rebuild::nobody_refers(stage.session, &table).await?;
            }
            let rows = stage.statement(sql).await?;
            Ok(statement::writes_rows(sql).then_some(rows))
        }
        Step::Drop { sql, .. } => {
            stage.statement(sql).await?;
            Ok(None)
        }
        Step::Verify { verify, found } => {
            stage.job.announce(verify);
            let count = stage.session.integer(verify).await?;
            statement::verified(verify, found, count)?;
            Ok(None)
        }
        Step::Rebuild { rebuild: table, sql } => {
            let rebuilt = rebuild::run(stage, table, sql).await?;
            let rows = rebuilt.rows;
            done.rebuilt.push(rebuilt);
            Ok(Some(rows))
        }
        Step::Rust { rust } => code::run(stage.job, rust, Stage { session: stage.session, job: stage.job }).await,
        Step::Autocommit { autocommit } => Err(guard::autocommit(autocommit)),
    }
}
