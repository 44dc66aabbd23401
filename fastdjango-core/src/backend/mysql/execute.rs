//! One migration: the migrators' lock, the journal, and each step for good before the next begins.
//!
//! Whatever defines commits: <https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html>. So there is no way back from the
//! middle, and a way on from there always.

use std::time::Instant;

use super::failure::{is_lost, is_transient};
use super::flight::{Flight, Landed};
use super::lock::Lock;
use super::rows::{SAVEPOINT, Transaction};
use super::script::{BEGIN, COMMIT, lock_timeout};
use super::session::Session;
use super::watch::Beside;
use super::{engines, guard, history};
use crate::backend::code;
use crate::backend::fault::{Attempt, Fault};
use crate::backend::job::Job;
use crate::backend::journal::{Journal, State};
use crate::backend::retries::Retries;
use crate::backend::watch::Watch;
use crate::backend::{Direction, Outcome, Progress, Record, span, statement};
use crate::diagnostic::Diagnostic;
use crate::error::ErrorKind;
use crate::migration::Step;
use crate::settings::Database;

/// What the steps work with.
struct Stage<'a> {
    job: &'a Job,
    session: &'a mut Session,
    lock: &'a Lock,
    watch: Watch<'a, Beside<'a>>,
}

/// Runs the job to an end, whoever still listens.
pub(super) async fn run(job: Job, mut session: Session, database: Database) -> (Session, Attempt<Outcome>) {
    let outcome = outcome(&job, &mut session, &database).await;
    (session, outcome.map_err(|fault| job.explain(fault)))
}

async fn outcome(job: &Job, session: &mut Session, database: &Database) -> Attempt<Outcome> {
    guard::steps(&job.steps)?;
    session.prologue(|sql| job.announce(sql)).await?;
    let lock = Lock::take(session, &job.options, || job.tell(Progress::Waiting)).await?;
    let started = Instant::now();
    let watch = Watch::new(Beside::new(database, session.server.engine, session.id), &job.options);
    let mut stage = Stage { job, session, lock: &lock, watch };
    // The session is closed after a fault, and the lock goes with it.
    let done = whole(&mut stage).await?;
    lock.release(session).await;
    // What the steps set for the session must not reach the next migration.
    session.broken |= done;
    Ok(if done { Outcome::Done { elapsed: started.elapsed(), rebuilt: Vec::new() } } else { Outcome::AlreadyDone })
}

/// Runs what is left of the migration; false where another migrator was here first.
async fn whole(stage: &mut Stage<'_>) -> Attempt<bool> {
    let job = stage.job;
    let timeout = lock_timeout(job.options.lock_timeout);
    let history = history::read_last(stage.session, &job.concerned()).await?;
    match job.in_the_middle(&history) {
        Some((run_id, direction)) if direction == job.direction => {
            let mut journal = read(stage, &run_id, direction).await?;
            let fits = job.still_holds(&history).and_then(|()| journal.is_of(job));
            fits.map_err(|fault| fault.leaving(journal.left()))?;
            say(stage, &timeout).await?;
            return all(stage, &mut journal).await.map(|()| true);
        }
        // It was being undone: that is finished by what the journal holds, and the way forward begins anew.
        Some((run_id, Direction::Backward)) => {
            let mut journal = read(stage, &run_id, Direction::Backward).await?;
            say(stage, &timeout).await?;
            all(stage, &mut journal).await?;
        }
        Some((_, Direction::Forward)) => return Err(job.half_applied()),
        None if job.is_done(&history)? => return Ok(false),
        None => {}
    }
    job.still_holds(&history)?;
    engines::transact(stage.session, job).await?;
    say(stage, &timeout).await?;
    let mut journal = start(stage).await?;
    all(stage, &mut journal).await.map(|()| true)
}

async fn read(stage: &mut Stage<'_>, run_id: &str, direction: Direction) -> Attempt<Journal> {
    Journal::read(stage.session, stage.job, run_id, direction, history::journal()).await
}

/// Runs a statement of ours that is announced.
async fn say(stage: &mut Stage<'_>, sql: &str) -> Attempt<()> {
    stage.job.announce(sql);
    stage.session.execute(sql).await?;
    Ok(())
}

/// Writes down that it begins, and with what.
async fn start(stage: &mut Stage<'_>) -> Attempt<Journal> {
    stage.lock.is_ours(stage.session).await?;
    history::make(stage.session, &stage.job.options.run_id).await?;
    say(stage, BEGIN).await?;
    match written_down(stage).await {
        Ok(journal) => {
            commit(stage).await?;
            Ok(journal)
        }
        Err(fault) => Err(rollback(stage, fault).await),
    }
}

async fn written_down(stage: &mut Stage<'_>) -> Attempt<Journal> {
    stage.lock.is_ours(stage.session).await?;
    let record = Record { event: stage.job.direction.begun(), ..stage.job.record.clone() };
    history::append(stage.session, &record, &stage.job.options.run_id).await?;
    Journal::begin(stage.session, stage.job, history::journal()).await
}

/// Runs every step that is not done; the event is written with the last one.
async fn all(stage: &mut Stage<'_>, journal: &mut Journal) -> Attempt<()> {
    let job = stage.job;
    set_again(stage, journal).await?;
    verify_again(stage, journal).await?;
    let of = journal.entries.len();
    for place in 0..of {
        if journal.entries[place].state == State::Done {
            continue;
        }
        let stay = journal.left();
        job.heed().map_err(|fault| fault.leaving(stay))?;
        let step = journal.entries[place].step.clone();
        let ran = span::step(job, (place, of), &step, insist(stage, journal, place, &step)).await;
        if let Err(fault) = ran {
            journal.note(stage.session, place, &fault.diagnostic.message).await;
            return Err(fault.at_step(place + 1, of).leaving(stay));
        }
    }
    finish(stage, journal).await
}

/// Writes the event where no step is there that could take it along.
async fn finish(stage: &mut Stage<'_>, journal: &mut Journal) -> Attempt<()> {
    if journal.entries.is_empty() { together(stage, journal, 0, None).await.map(|_| ()) } else { Ok(()) }
}

/// What a run before us verified for the step that it did not come to is verified again.
async fn verify_again(stage: &mut Stage<'_>, journal: &Journal) -> Attempt<()> {
    for (place, step) in journal.verified_before() {
        let verified = one_step(stage, &step).await;
        verified.map_err(|fault| fault.at_step(place + 1, journal.entries.len()).leaving(journal.left()))?;
    }
    Ok(())
}

/// What a run before us set for its session, this one sets again.
async fn set_again(stage: &mut Stage<'_>, journal: &Journal) -> Attempt<()> {
    for entry in journal.entries.iter().filter(|entry| entry.state == State::Done) {
        if Flight::of(&entry.step) == Flight::Session {
            for sql in entry.step.statements() {
                stage.job.announce(sql);
                stage.session.statement(sql).await?;
            }
        }
    }
    Ok(())
}

/// Runs one step, again where other sessions stood in its way.
async fn insist(stage: &mut Stage<'_>, journal: &mut Journal, place: usize, step: &Step) -> Attempt<Option<u64>> {
    let mut retries = Retries::default();
    loop {
        let ran = if Flight::of(step).is_alone() {
            alone(stage, journal, place, step).await.map(|()| None)
        } else {
            together(stage, journal, place, Some(step)).await
        };
        match ran {
            Err(fault) => {
                let transient = is_transient(&fault);
                retries.after(stage.job, fault, transient, "the step", &stage.watch.blockers).await?;
            }
            done => return done,
        }
    }
}

/// A statement that commits by itself: that it begins is written down before it, and that it is done after it.
async fn alone(stage: &mut Stage<'_>, journal: &mut Journal, place: usize, step: &Step) -> Attempt<()> {
    let flight = Flight::of(step);
    for sql in step.statements() {
        let landed = match journal.entries[place].state {
            State::Pending => {
                let before = flight.before(stage.session).await?;
                turn(stage, journal, place, State::Started, before).await?;
                Landed::No
            }
            State::Started | State::Done => flight.landed(stage.session, sql, &journal.entries[place].before).await?,
        };
        if landed == Landed::No {
            stage.lock.is_ours(stage.session).await?;
            stage.job.announce(sql);
            if let Err(failure) = stage.watch.over(stage.session.statement(sql)).await {
                return Err(refused(stage, journal, place, failure.into()).await);
            }
        }
    }
    together(stage, journal, place, None).await.map(|_| ())
}

/// After a statement that the server refused as a whole: it has not begun, so what a person now corrects is not taken for it.
///
/// Where the connection broke instead, the mark stays, and the next run asks the catalog.
async fn refused(stage: &mut Stage<'_>, journal: &mut Journal, place: usize, mut fault: Box<Fault>) -> Box<Fault> {
    if is_lost(&fault) {
        let note = "what became of the statement is not known here; the next run asks the catalog";
        fault.diagnostic.notes.push(note.to_owned());
        return fault;
    }
    // Code may have committed before it failed.
    if Flight::of(&journal.entries[place].step) != Flight::Code {
        let _ = turn(stage, journal, place, State::Pending, String::new()).await;
    }
    fault
}

/// Marks a step in a statement of its own.
async fn turn(stage: &mut Stage<'_>, journal: &mut Journal, place: usize, to: State, before: String) -> Attempt<()> {
    journal.mark(stage.session, place, to, &before).await?;
    journal.entries[place].state = to;
    journal.entries[place].before = before;
    Ok(())
}

/// A transaction of the step, where it may be in one, and of the mark that it is done; with the last one goes the event.
async fn together(
    stage: &mut Stage<'_>,
    journal: &mut Journal,
    place: usize,
    step: Option<&Step>,
) -> Attempt<Option<u64>> {
    say(stage, BEGIN).await?;
    match within(stage, journal, place, step).await {
        Ok(rows) => {
            commit(stage).await?;
            if let Some(entry) = journal.entries.get_mut(place) {
                entry.state = State::Done;
            }
            Ok(rows)
        }
        Err(fault) => Err(rollback(stage, fault).await),
    }
}

async fn within(stage: &mut Stage<'_>, journal: &Journal, place: usize, step: Option<&Step>) -> Attempt<Option<u64>> {
    stage.lock.is_ours(stage.session).await?;
    let rows = match step {
        Some(step) => one_step(stage, step).await?,
        None => None,
    };
    if let Some(entry) = journal.entries.get(place) {
        journal.mark(stage.session, place, State::Done, &entry.before).await?;
    }
    if place + 1 >= journal.entries.len() {
        let record = Record { event: journal.direction.done(), ..stage.job.record.clone() };
        history::append(stage.session, &record, &stage.job.options.run_id).await?;
    }
    // What the step did may have given the lock back.
    stage.lock.is_ours(stage.session).await?;
    Ok(rows)
}

/// Runs a step of the transaction that is open.
async fn one_step(stage: &mut Stage<'_>, step: &Step) -> Attempt<Option<u64>> {
    match step {
        Step::Sql(sql) | Step::Autocommit { autocommit: sql } => {
            stage.job.announce(sql);
            let rows = stage.watch.over(stage.session.statement(sql)).await?;
            Ok(statement::writes_rows(sql).then_some(rows))
        }
        Step::Verify { verify, found } => {
            stage.job.announce(verify);
            let count = stage.watch.over(stage.session.integer(verify)).await?;
            statement::verified(verify, found, count)?;
            Ok(None)
        }
        Step::Rust { rust } => {
            stage.session.execute(SAVEPOINT).await?;
            let transaction = Transaction { session: stage.session, watch: &mut stage.watch };
            code::run(stage.job, rust, transaction).await
        }
        Step::Rebuild { rebuild: table, .. } | Step::Drop { drop: table, .. } => Err(guard::foreign(table)),
    }
}

/// Rolls back after a fault. Where even that fails the session is at its end, and the transaction with it.
async fn rollback(stage: &mut Stage<'_>, fault: Box<Fault>) -> Box<Fault> {
    let _ = stage.session.execute("ROLLBACK").await;
    fault.rolled_back()
}

/// Commits. Where the connection breaks meanwhile, the journal says the truth to the next run.
async fn commit(stage: &mut Stage<'_>) -> Attempt<()> {
    stage.job.announce(COMMIT);
    let committed = stage.watch.over(stage.session.execute(COMMIT)).await;
    committed.map(|_| ()).map_err(|failure| {
        let fault = Box::<Fault>::from(failure);
        if !is_lost(&fault) {
            return fault;
        }
        let message = "the connection broke in a commit: whether that step is done is not known here";
        let diagnostic = Diagnostic::error("E635", message).note(fault.diagnostic.message.clone());
        let help = "run `migrate` again: the journal in the database says where to go on";
        Fault::of(ErrorKind::Unknown, diagnostic.help(help))
    })
}
