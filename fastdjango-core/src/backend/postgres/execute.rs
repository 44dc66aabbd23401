//! One migration: the migrators' lock, one transaction, the event in the history with it.

use std::time::{Duration, Instant};

use super::failure::{is_lost, is_transient};
use super::lock::Lock;
use super::rows::Transaction;
use super::script::{BEGIN, COMMIT, lock_timeout};
use super::session::Session;
use super::watch::Beside;
use super::{apart, extensions, guard, history};
use crate::backend::code;
use crate::backend::fault::{Attempt, Fault};
use crate::backend::job::Job;
use crate::backend::retries::{Retries, pause};
use crate::backend::watch::Watch;
use crate::backend::{Access, Outcome, Progress, span, statement};
use crate::diagnostic::Diagnostic;
use crate::error::ErrorKind;
use crate::migration::Step;
use crate::settings::Database;

/// How long a new connection is tried for after the old one broke in a COMMIT.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a transaction works with.
pub(super) struct Stage<'a> {
    pub(super) job: &'a Job,
    pub(super) session: &'a mut Session,
    pub(super) lock: &'a Lock,
    pub(super) watch: Watch<'a, Beside<'a>>,
    database: &'a Database,
}

/// Runs the job to an end, whoever still listens.
pub(super) async fn run(job: Job, mut session: Session, database: Database) -> (Session, Attempt<Outcome>) {
    let outcome = outcome(&job, &mut session, &database).await;
    (session, outcome.map_err(|fault| job.explain(fault)))
}

async fn outcome(job: &Job, session: &mut Session, database: &Database) -> Attempt<Outcome> {
    guard::steps(&job.steps)?;
    session.prologue(|sql| job.announce(sql)).await?;
    extensions::are_there(session, &job.steps).await?;
    let lock = Lock::take(session, &job.options, || job.tell(Progress::Waiting)).await?;
    let started = Instant::now();
    let watch = Watch::new(Beside::new(database, session.pid), &job.options);
    let mut stage = Stage { job, session, lock: &lock, watch, database };
    // The session is closed after a fault, and the lock goes with it.
    let done =
        if apart::is_wanted(&mut stage).await? { apart::run(&mut stage).await? } else { insist(&mut stage).await? };
    lock.release(session).await;
    Ok(if done { Outcome::Done { elapsed: started.elapsed(), rebuilt: Vec::new() } } else { Outcome::AlreadyDone })
}

/// Tries the whole transaction again where other sessions stood in its way.
async fn insist(stage: &mut Stage<'_>) -> Attempt<bool> {
    let mut retries = Retries::default();
    loop {
        match transaction(stage).await {
            Err(fault) => again(stage, &mut retries, fault).await?,
            done => return done,
        }
    }
}

/// Waits before the next try, or says that there is none.
pub(super) async fn again(stage: &Stage<'_>, retries: &mut Retries, fault: Box<Fault>) -> Attempt<()> {
    let transient = is_transient(&fault);
    retries.after(stage.job, fault, transient, "the whole transaction", &stage.watch.blockers).await
}

/// One transaction; false where another migrator was here first.
async fn transaction(stage: &mut Stage<'_>) -> Attempt<bool> {
    begin(stage).await?;
    match inside(stage).await {
        Ok(true) => commit(stage).await,
        Ok(false) => {
            stage.session.execute("ROLLBACK").await?;
            Ok(false)
        }
        Err(fault) => Err(rollback(stage, fault).await),
    }
}

pub(super) async fn begin(stage: &mut Stage<'_>) -> Attempt<()> {
    stage.job.announce(BEGIN);
    stage.session.execute(BEGIN).await?;
    Ok(())
}

/// Rolls back after a fault. Where even that fails the session is at its end, and the transaction with it.
pub(super) async fn rollback(stage: &mut Stage<'_>, fault: Box<Fault>) -> Box<Fault> {
    let _ = stage.session.execute("ROLLBACK").await;
    fault.rolled_back()
}

async fn commit(stage: &mut Stage<'_>) -> Attempt<bool> {
    stage.job.announce(COMMIT);
    let committed = stage.watch.over(stage.session.execute(COMMIT)).await;
    match committed.map_err(Box::<Fault>::from) {
        Ok(_) => Ok(true),
        Err(fault) if is_lost(&fault) => what_became_of_it(stage, fault).await,
        // The server refused, a deferred constraint perhaps: then it has rolled back.
        Err(fault) => Err(fault.rolled_back()),
    }
}

/// After a connection that broke in a COMMIT: asks the history what is true, once the lock is ours again.
///
/// The old session may still be at it; while it is, it holds the lock.
async fn what_became_of_it(stage: &mut Stage<'_>, fault: Box<Fault>) -> Attempt<bool> {
    let started = Instant::now();
    let mut asked = ask_again(stage).await;
    while asked.is_err() && started.elapsed() < PATIENCE {
        tokio::time::sleep(pause(1)).await;
        asked = ask_again(stage).await;
    }
    match asked {
        Ok(true) => Ok(true),
        Ok(false) => Err(fault.rolled_back()),
        Err(unknown) => {
            let message =
                "the connection broke in the commit, and the history cannot be read: what became of it is not known";
            let diagnostic = Diagnostic::error("E635", message).note(fault.diagnostic.message.clone());
            let diagnostic = diagnostic.note(unknown.diagnostic.message);
            let help = "run `migrate` again once the database can be reached";
            Err(Fault::of(ErrorKind::Unknown, diagnostic.help(help)))
        }
    }
}

async fn ask_again(stage: &mut Stage<'_>) -> Attempt<bool> {
    *stage.session = Session::open(stage.database, Access::Write).await?;
    Lock::take(stage.session, &stage.job.options, || ()).await?;
    let history = history::read_last(stage.session, &[&stage.job.record.migration]).await?;
    Ok(stage.job.landed(&history))
}

/// What runs between BEGIN and COMMIT; false, and nothing, where another migrator was here first.
async fn inside(stage: &mut Stage<'_>) -> Attempt<bool> {
    let job = stage.job;
    prepare(stage).await?;
    let history = history::read_last(stage.session, &job.concerned()).await?;
    if job.is_done(&history)? {
        return Ok(false);
    }
    job.still_holds(&history)?;
    let of = job.steps.len();
    for (i, step) in job.steps.iter().enumerate() {
        job.heed()?;
        let ran = span::step(job, (i, of), step, one_step(stage, step)).await;
        ran.map_err(|fault| fault.at_step(i + 1, of))?;
    }
    // A signal that comes behind the last step finds it complete.
    history::append(stage.session, &job.record, &job.options.run_id).await?;
    Ok(true)
}

/// What every transaction of ours begins with.
pub(super) async fn prepare(stage: &mut Stage<'_>) -> Attempt<()> {
    let timeout = lock_timeout(stage.job.options.lock_timeout);
    stage.job.announce(&timeout);
    stage.session.execute(&timeout).await?;
    stage.lock.is_ours(stage.session).await
}

/// Runs a step of the transaction that is open, and refuses where it is another one afterwards.
pub(super) async fn one_step(stage: &mut Stage<'_>, step: &Step) -> Attempt<Option<u64>> {
    let transaction = transaction_id(stage.session, true).await?;
    let rows = match step {
        Step::Sql(sql) | Step::Autocommit { autocommit: sql } => {
            stage.job.announce(sql);
            let rows = stage.watch.over(stage.session.statement(sql)).await?;
            statement::writes_rows(sql).then_some(rows)
        }
        Step::Verify { verify, found } => {
            stage.job.announce(verify);
            let count = stage.watch.over(stage.session.integer(verify)).await?;
            statement::verified(verify, found, count)?;
            None
        }
        Step::Rust { rust } => {
            let transaction = Transaction { session: stage.session, watch: &mut stage.watch };
            code::run(stage.job, rust, transaction).await?
        }
        Step::Rebuild { rebuild: table, .. } | Step::Drop { drop: table, .. } => return Err(guard::foreign(table)),
    };
    if transaction_id(stage.session, false).await? == transaction { Ok(rows) } else { Err(not_ours(step)) }
}

/// The number of the transaction that is open; none where there is none, or none that has one yet.
///
/// By the names that `PostgreSQL` 12 knows too: <https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT>
async fn transaction_id(session: &mut Session, assign: bool) -> Attempt<Option<String>> {
    let function = if assign { "txid_current" } else { "txid_current_if_assigned" };
    Ok(session.texts(&format!("SELECT pg_catalog.{function}()::text")).await?.pop())
}

/// Refuses where a step ended the transaction in a way that no reader of its text could see.
fn not_ours(step: &Step) -> Box<Fault> {
    let diagnostic = Diagnostic::error("E641", "the statement ends the transaction of the migration")
        .note(format!("the statement: {}", step.text()))
        .help("take out what commits or rolls back: the executor begins and commits");
    Fault::refusal(diagnostic)
}
