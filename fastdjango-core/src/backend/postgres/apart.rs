//! A migration that is no one transaction: its steps are written down, and each is done for good before the next begins.

use super::execute::{Stage, again, begin, one_step, prepare, rollback};
use super::failure::is_lost;
use super::flight::{Flight, Landed, catalog};
use super::history;
use super::script::{COMMIT, is_by_steps, session_lock_timeout};
use crate::backend::fault::{Attempt, Fault};
use crate::backend::journal::{Journal, State};
use crate::backend::retries::Retries;
use crate::backend::{Direction, Event, Record, span};
use crate::diagnostic::Diagnostic;
use crate::error::ErrorKind;
use crate::migration::Step;

/// True where the steps cannot be one transaction, or where a run before us left the migration in the middle.
pub(super) async fn is_wanted(stage: &mut Stage<'_>) -> Attempt<bool> {
    if is_by_steps(&stage.job.steps, stage.job.atomic) {
        return Ok(true);
    }
    let history = history::read_last(stage.session, &[&stage.job.record.migration]).await?;
    Ok(stage.job.in_the_middle(&history).is_some())
}

/// Runs what is left of the migration; false where another migrator was here first.
pub(super) async fn run(stage: &mut Stage<'_>) -> Attempt<bool> {
    let job = stage.job;
    let history = history::read_last(stage.session, &job.concerned()).await?;
    match stage.job.in_the_middle(&history) {
        Some((run_id, direction)) if direction == job.direction => {
            let mut journal = read(stage, &run_id, direction).await?;
            let fits = job.still_holds(&history).and_then(|()| journal.is_of(job));
            fits.map_err(|fault| fault.leaving(journal.left()))?;
            return all(stage, &mut journal).await.map(|()| true);
        }
        // It was being undone: that is finished by what the journal holds, and the way forward begins anew.
        Some((run_id, Direction::Backward)) => {
            let mut journal = read(stage, &run_id, Direction::Backward).await?;
            all(stage, &mut journal).await?;
        }
        Some((_, Direction::Forward)) => return Err(job.half_applied()),
        None if job.is_done(&history)? => return Ok(false),
        None => {}
    }
    job.still_holds(&history)?;
    let mut journal = start(stage).await?;
    all(stage, &mut journal).await.map(|()| true)
}

/// Writes down that it begins, and with what.
async fn start(stage: &mut Stage<'_>) -> Attempt<Journal> {
    begin(stage).await?;
    let written = written_down(stage, stage.job.direction.begun()).await;
    match written {
        Ok(journal) => {
            commit(stage).await?;
            Ok(journal)
        }
        Err(fault) => Err(rollback(stage, fault).await),
    }
}

async fn written_down(stage: &mut Stage<'_>, event: Event) -> Attempt<Journal> {
    prepare(stage).await?;
    let record = Record { event, ..stage.job.record.clone() };
    history::append(stage.session, &record, &stage.job.options.run_id).await?;
    let place = history::journal(stage.session).await?;
    history::make_journal(stage.session, &place.table).await?;
    Journal::begin(stage.session, stage.job, place).await
}

async fn read(stage: &mut Stage<'_>, run_id: &str, direction: Direction) -> Attempt<Journal> {
    let place = history::journal(stage.session).await?;
    Journal::read(stage.session, stage.job, run_id, direction, place).await
}

/// Runs every step that is not done; the event is written with the last one.
async fn all(stage: &mut Stage<'_>, journal: &mut Journal) -> Attempt<()> {
    let job = stage.job;
    let of = journal.entries.len();
    for (place, step) in journal.verified_before() {
        let verified = verify_again(stage, &step).await;
        verified.map_err(|fault| fault.at_step(place + 1, of).leaving(journal.left()))?;
    }
    for place in 0..of {
        if journal.entries[place].state == State::Done {
            continue;
        }
        let stay = journal.left();
        job.heed().map_err(|fault| fault.leaving(stay))?;
        let step = journal.entries[place].step.clone();
        let ran = span::step(job, (place, of), &step, one(stage, journal, place, &step)).await;
        if let Err(fault) = ran {
            journal.note(stage.session, place, &fault.diagnostic.message).await;
            return Err(fault.at_step(place + 1, of).leaving(stay));
        }
    }
    Ok(())
}

/// What a run before us verified for the step that it did not come to is verified again.
async fn verify_again(stage: &mut Stage<'_>, step: &Step) -> Attempt<()> {
    begin(stage).await?;
    let verified = match prepare(stage).await {
        Ok(()) => one_step(stage, step).await.map(|_| ()),
        fault => fault,
    };
    match verified {
        Ok(()) => commit(stage).await,
        Err(fault) => Err(rollback(stage, fault).await),
    }
}

/// Runs one step, again where other sessions stood in its way.
async fn one(stage: &mut Stage<'_>, journal: &mut Journal, place: usize, step: &Step) -> Attempt<Option<u64>> {
    let mut retries = Retries::default();
    loop {
        let ran = match step {
            Step::Autocommit { autocommit } if Flight::of(autocommit) != Flight::Rows => {
                alone(stage, journal, place, autocommit).await.map(|()| None)
            }
            Step::Autocommit { .. }
            | Step::Sql(_)
            | Step::Verify { .. }
            | Step::Rust { .. }
            | Step::Rebuild { .. }
            | Step::Drop { .. } => together(stage, journal, place, Some(step)).await,
        };
        match ran {
            Err(fault) => again(stage, &mut retries, fault).await?,
            done => return done,
        }
    }
}

/// A statement outside any transaction: that it begins is written down before it, and that it is done after it.
async fn alone(stage: &mut Stage<'_>, journal: &mut Journal, place: usize, sql: &str) -> Attempt<()> {
    let flight = Flight::of(sql);
    let landed = match journal.entries[place].state {
        State::Pending => {
            flight.is_clear(stage.session).await?;
            let before = catalog(stage.session, sql).await?;
            journal.mark(stage.session, place, State::Started, &before).await?;
            journal.entries[place].state = State::Started;
            journal.entries[place].before = before;
            Landed::No
        }
        State::Started | State::Done => flight.landed(stage.session, sql, &journal.entries[place].before).await?,
    };
    if landed == Landed::No {
        let patience = Some(stage.job.options.lock_timeout).filter(|_| !flight.is_patient());
        let timeout = session_lock_timeout(patience);
        stage.job.announce(&timeout);
        stage.session.execute(&timeout).await?;
        stage.job.announce(sql);
        stage.watch.over(stage.session.statement(sql)).await?;
        flight.is_complete(stage.session).await?;
    }
    together(stage, journal, place, None).await.map(|_| ())
}

/// A transaction of the step, where it may be in one, and of the mark that it is done; with the last one goes the event.
async fn together(
    stage: &mut Stage<'_>,
    journal: &mut Journal,
    place: usize,
    step: Option<&Step>,
) -> Attempt<Option<u64>> {
    begin(stage).await?;
    match within(stage, journal, place, step).await {
        Ok(rows) => {
            commit(stage).await?;
            journal.entries[place].state = State::Done;
            Ok(rows)
        }
        Err(fault) => Err(rollback(stage, fault).await),
    }
}

async fn within(stage: &mut Stage<'_>, journal: &Journal, place: usize, step: Option<&Step>) -> Attempt<Option<u64>> {
    prepare(stage).await?;
    let rows = match step {
        Some(step) => one_step(stage, step).await?,
        None => None,
    };
    let before = &journal.entries[place].before;
    journal.mark(stage.session, place, State::Done, before).await?;
    if place + 1 == journal.entries.len() {
        let record = Record { event: journal.direction.done(), ..stage.job.record.clone() };
        history::append(stage.session, &record, &stage.job.options.run_id).await?;
    }
    Ok(rows)
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
