//! A migration that is no one transaction: its steps are written down, and each is done for good before the next begins.
//!
//! Between two steps the write lock is free, which is what such a migration is for. So another migrator may be at the same
//! journal: whoever has the lock does the next step that is not done.

use std::slice;

use super::execute::{Done, Stage, commit, foreign_keys, guarded, suspends};
use super::script::{BEGIN, is_by_steps};
use super::session::Session;
use super::{begin, by_hand, history};
use crate::backend::fault::{Attempt, Fault};
use crate::backend::job::Job;
use crate::backend::journal::{Journal, State};
use crate::backend::{Direction, Progress, Record};
use crate::migration::Step;

/// True where the migration does not want one transaction, or where a run before us left it in the middle.
pub(super) async fn is_wanted(job: &Job, session: &mut Session) -> Attempt<bool> {
    if is_by_steps(&job.steps, job.atomic) {
        return Ok(true);
    }
    let history = history::read_last(session, &[&job.record.migration]).await?;
    Ok(job.in_the_middle(&history).is_some())
}

/// Runs what is left of the migration; nothing where another migrator came to its end before.
pub(super) async fn run(job: &Job, session: &mut Session) -> Attempt<Option<Done>> {
    loop {
        lock(job, session).await?;
        let written = open(job, session).await?;
        let Some(written) = written else {
            begin::rollback(session).await;
            return Ok(None);
        };
        if written.run_id == job.options.run_id {
            commit(job, session).await?;
        } else {
            begin::rollback(session).await;
        }
        let forward = written.journal.direction == job.direction;
        let done = all(job, session, written).await?;
        // What was being undone is undone first; the way forward begins anew.
        if forward {
            return Ok(Some(done));
        }
    }
}

/// The journal, and the run that wrote it.
struct Written {
    run_id: String,
    journal: Journal,
    /// Another run came so far: what it verified for the step that is next is verified again.
    resumed: bool,
}

impl Written {
    /// Reads how far the steps are by now.
    async fn read(job: &Job, session: &mut Session, run_id: String, direction: Direction) -> Attempt<Self> {
        let journal = Journal::read(session, job, &run_id, direction, history::journal()).await?;
        Ok(Self { run_id, journal, resumed: true })
    }
}

async fn lock(job: &Job, session: &mut Session) -> Attempt<()> {
    begin::begin(session, &job.options, || job.tell(Progress::Waiting)).await
}

/// Finds the journal of a run before us, or writes down that this one begins, and with what; nothing where all is done.
async fn open(job: &Job, session: &mut Session) -> Attempt<Option<Written>> {
    let history = history::read_last(session, &job.concerned()).await?;
    match job.in_the_middle(&history) {
        Some((run_id, direction)) if direction == job.direction => {
            let written = Written::read(job, session, run_id, direction).await?;
            let fits = job.still_holds(&history).and_then(|()| written.journal.is_of(job));
            fits.map_err(|fault| fault.leaving(written.journal.left()))?;
            Ok(Some(written))
        }
        Some((run_id, Direction::Backward)) => Written::read(job, session, run_id, Direction::Backward).await.map(Some),
        Some((_, Direction::Forward)) => Err(job.half_applied()),
        None if job.is_done(&history)? => Ok(None),
        None => {
            job.still_holds(&history)?;
            by_hand::nothing_lost(session, &job.steps, &job.declared, job.direction).await?;
            job.announce(BEGIN);
            let record = Record { event: job.direction.begun(), ..job.record.clone() };
            history::append(session, &record, &job.options.run_id).await?;
            history::make_journal(session).await?;
            let journal = Journal::begin(session, job, history::journal()).await?;
            Ok(Some(Written { run_id: job.options.run_id.clone(), journal, resumed: false }))
        }
    }
}

/// Runs every step that is not done; the event is written with the last one.
async fn all(job: &Job, session: &mut Session, mut written: Written) -> Attempt<Done> {
    let mut done = Done::default();
    for place in 0..written.journal.entries.len() {
        if written.journal.entries[place].state == State::Done {
            continue;
        }
        let stay = written.journal.left();
        job.heed().map_err(|fault| fault.leaving(stay))?;
        let ran = one(job, session, &mut written, place).await;
        match ran {
            Ok(rebuilt) => done.extend(rebuilt),
            Err(fault) => return Err(noted(session, &written, place, fault).await),
        }
    }
    Ok(done)
}

/// Keeps what a step failed with, once its transaction is rolled back.
async fn noted(session: &mut Session, written: &Written, place: usize, fault: Box<Fault>) -> Box<Fault> {
    begin::rollback(session).await;
    written.journal.note(session, place, &fault.diagnostic.message).await;
    fault.leaving(written.journal.left())
}

/// A transaction of one step and of the mark that it is done; with foreign keys off around it, where it needs that.
async fn one(job: &Job, session: &mut Session, written: &mut Written, place: usize) -> Attempt<Done> {
    let step = written.journal.entries[place].step.clone();
    let suspends = suspends(slice::from_ref(&step));
    if suspends {
        foreign_keys(job, session, false).await?;
    }
    lock(job, session).await?;
    session.hold();
    let done = within(job, session, written, place, &step).await;
    session.release();
    let done = done?;
    commit(job, session).await?;
    written.journal.entries[place].state = State::Done;
    if suspends {
        foreign_keys(job, session, true).await?;
    }
    Ok(done)
}

async fn within(job: &Job, session: &mut Session, written: &mut Written, place: usize, step: &Step) -> Attempt<Done> {
    let resumed = std::mem::take(&mut written.resumed);
    written.journal = Written::read(job, session, written.run_id.clone(), written.journal.direction).await?.journal;
    let (known, of) = (written.journal.entries[place].state, written.journal.entries.len());
    if known == State::Done {
        return Ok(Done::default());
    }
    job.announce(BEGIN);
    let stage = &mut Stage { session, job };
    let again = if resumed { written.journal.verified_before() } else { Vec::new() };
    for (verified, step) in again {
        guarded(stage, slice::from_ref(&step), (verified, of)).await?;
    }
    let done = guarded(stage, slice::from_ref(step), (place, of)).await?;
    written.journal.mark(stage.session, place, State::Done, "").await?;
    if place + 1 == of {
        let record = Record { event: written.journal.direction.done(), ..job.record.clone() };
        history::append(stage.session, &record, &job.options.run_id).await?;
    }
    Ok(done)
}
