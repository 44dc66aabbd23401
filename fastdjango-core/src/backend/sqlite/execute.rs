//! One migration: foreign keys off where a step needs it, one transaction, the event in the history with it.

use std::time::Instant;

use tokio::sync::mpsc::UnboundedSender;

use super::fault::{Attempt, Failure, Fault};
use super::script::{BEGIN, COMMIT, FOREIGN_KEYS_OFF, FOREIGN_KEYS_ON};
use super::session::Session;
use super::violations::Violations;
use super::{begin, by_hand, dependents, guard, history, rebuild};
use crate::backend::{Direction, Event, History, Interrupt, Outcome, Progress, RebuiltTable, Record, RunOptions, Unit};
use crate::diagnostic::Diagnostic;
use crate::error::ErrorKind;
use crate::migration::Step;
use crate::name::MigrationRef;
use crate::schema::Table;

/// A unit that owns what it needs, so that it can run in a task of its own.
pub(super) struct Job {
    steps: Vec<Step>,
    declared: Vec<Table>,
    direction: Direction,
    record: Record,
    requires: Vec<MigrationRef>,
    excludes: Vec<MigrationRef>,
    options: RunOptions,
    progress: UnboundedSender<Progress>,
}

/// What a step works with: the session, and where statements are announced.
pub(super) struct Stage<'a> {
    pub(super) session: &'a mut Session,
    progress: &'a UnboundedSender<Progress>,
    interrupt: &'a Interrupt,
}

impl Stage<'_> {
    /// Announces a statement and runs it; returns how many rows it wrote.
    pub(super) async fn statement(&mut self, sql: &str) -> Result<u64, Failure> {
        let _ = self.progress.send(Progress::Statement(sql.to_owned()));
        self.session.execute(sql).await
    }

    /// Refuses to go on after a signal.
    fn heed(&self) -> Attempt<()> {
        if self.interrupt.requested() {
            let stopped = Diagnostic::error("E632", "stopped by a signal");
            return Err(Fault::of(ErrorKind::Interrupted, stopped));
        }
        Ok(())
    }
}

/// What the steps did.
#[derive(Default)]
struct Done {
    rebuilt: Vec<RebuiltTable>,
}

impl Job {
    pub(super) fn new(unit: &Unit<'_>, options: &RunOptions, progress: UnboundedSender<Progress>) -> Self {
        let event = match unit.direction {
            Direction::Forward => Event::Applied,
            Direction::Backward => Event::Reverted,
        };
        let record = Record {
            migration: unit.migration.clone(),
            event,
            checksum: unit.checksum.to_owned(),
            text_hash: unit.text_hash.to_owned(),
            note: unit.note.to_owned(),
        };
        Self {
            steps: unit.steps.to_vec(),
            declared: unit.declared.to_vec(),
            direction: unit.direction,
            record,
            requires: unit.requires.to_vec(),
            excludes: unit.excludes.to_vec(),
            options: options.clone(),
            progress,
        }
    }

    /// Runs it to an end, whoever still listens.
    pub(super) async fn run(self, mut session: Session) -> (Session, Attempt<Outcome>) {
        let outcome = self.outcome(&mut session).await;
        (session, outcome.map_err(|fault| self.explain(fault)))
    }

    async fn outcome(&self, session: &mut Session) -> Attempt<Outcome> {
        guard::steps(&self.steps)?;
        session.prologue().await?;
        session.heed(&self.options.interrupt).await?;
        // Order matters: the pragma does nothing once a transaction is open.
        if self.suspends() {
            self.foreign_keys(session, false).await?;
        }
        // The session is closed after a fault, and with it go its pragmas.
        let outcome = self.transaction(session).await?;
        session.unheed().await?;
        if self.suspends() {
            self.foreign_keys(session, true).await?;
        }
        Ok(outcome)
    }

    async fn transaction(&self, session: &mut Session) -> Attempt<Outcome> {
        let waiting = || {
            let _ = self.progress.send(Progress::Waiting);
        };
        begin::begin(session, &self.options, waiting).await?;
        let started = Instant::now();
        session.hold();
        let done = self.inside(session).await;
        session.release();
        match done {
            Ok(Some(done)) => match self.commit(session).await {
                Ok(()) => Ok(Outcome::Done { elapsed: started.elapsed(), rebuilt: done.rebuilt }),
                Err(fault) => {
                    begin::rollback(session).await;
                    self.landed(session, Self::rolled_back(fault)).await?;
                    Ok(Outcome::Done { elapsed: started.elapsed(), rebuilt: done.rebuilt })
                }
            },
            Ok(None) => {
                begin::rollback(session).await;
                Ok(Outcome::AlreadyDone)
            }
            // The session is closed after a fault, and that rolls back.
            Err(fault) => Err(Self::rolled_back(fault)),
        }
    }

    fn rolled_back(mut fault: Box<Fault>) -> Box<Fault> {
        fault.rolled_back = true;
        fault
    }

    /// After a COMMIT that failed: asks the history what is true.
    async fn landed(&self, session: &mut Session, fault: Box<Fault>) -> Attempt<()> {
        let Ok(history) = history::read_last(session, &[&self.record.migration]).await else {
            let message = "the commit failed, and the history cannot be read: what became of it is not known";
            let diagnostic = Diagnostic::error("E635", message).note(fault.diagnostic.message.clone());
            return Err(Fault::of(
                ErrorKind::Unknown,
                diagnostic.help("run `migrate` again once the database can be read"),
            ));
        };
        let ours = history.last_of(&self.record.migration).filter(|entry| entry.run_id == self.options.run_id);
        if ours.is_some_and(|entry| entry.event == self.record.event) { Ok(()) } else { Err(fault) }
    }

    /// What runs between BEGIN and COMMIT; nothing where another migrator was here first.
    async fn inside(&self, session: &mut Session) -> Attempt<Option<Done>> {
        let concerned = [&self.record.migration].into_iter().chain(&self.requires).chain(&self.excludes);
        let history = history::read_last(session, &concerned.collect::<Vec<_>>()).await?;
        if self.is_done(&history)? {
            return Ok(None);
        }
        self.still_holds(&history)?;
        by_hand::nothing_lost(session, &self.steps, &self.declared, self.direction).await?;
        self.announce(BEGIN);
        let broken = if self.drops() { Some(dependents::broken_anywhere(session).await?) } else { None };
        let before = if self.suspends() { Some(Violations::count(session).await?) } else { None };
        let mut stage = Stage { session, progress: &self.progress, interrupt: &self.options.interrupt };
        let done = self.all_steps(&mut stage).await?;
        if let Some(before) = before {
            before.compare(session, &self.steps).await?;
        }
        if let Some(broken) = broken {
            dependents::none_newly_broken(session, &broken).await?;
        }
        history::append(session, &self.record, &self.options.run_id).await?;
        Ok(Some(done))
    }

    async fn all_steps(&self, stage: &mut Stage<'_>) -> Attempt<Done> {
        let mut done = Done::default();
        let of = self.steps.len();
        for (i, step) in self.steps.iter().enumerate() {
            stage.heed()?;
            let number = i + 1;
            let started = Instant::now();
            let text = step.statements().join(";\n");
            let _ = self.progress.send(Progress::StepStarted { number, of, text });
            let rows = one_step(stage, step, &mut done).await;
            let rows = still_open(stage.session, step, rows).map_err(|fault| self.at_step(fault, number))?;
            let _ = self.progress.send(Progress::StepFinished { number, of, elapsed: started.elapsed(), rows });
        }
        Ok(done)
    }

    async fn commit(&self, session: &mut Session) -> Attempt<()> {
        self.announce(COMMIT);
        begin::commit(session, &self.options).await
    }

    async fn foreign_keys(&self, session: &mut Session, on: bool) -> Attempt<()> {
        let sql = if on { FOREIGN_KEYS_ON } else { FOREIGN_KEYS_OFF };
        self.announce(sql);
        session.execute(sql).await?;
        session.expect("foreign_keys", i64::from(on)).await
    }

    fn announce(&self, sql: &str) {
        let _ = self.progress.send(Progress::Statement(sql.to_owned()));
    }

    fn drops(&self) -> bool {
        let drops = |sql: &str| guard::dropped_table(sql).is_some() || guard::drops_column(sql);
        self.steps.iter().any(|step| match step {
            Step::Sql(sql) => drops(sql),
            Step::Drop { .. } => true,
            Step::Autocommit { .. } | Step::Verify { .. } | Step::Rebuild { .. } => false,
        })
    }

    fn suspends(&self) -> bool {
        self.steps.iter().any(Step::suspends_foreign_keys)
    }

    /// True where the history already says what we were about to do.
    fn is_done(&self, history: &History) -> Attempt<bool> {
        let last = history.last_of(&self.record.migration).filter(|entry| entry.event.is_applied());
        match (self.direction, last) {
            (Direction::Forward, Some(entry)) if entry.checksum != self.record.checksum => {
                let message = format!("`{}` was applied meanwhile, with other operations", self.record.migration);
                let help = "compare the two versions of the file; the one that was applied is the one to keep";
                Err(Fault::refusal(Diagnostic::error("E633", message).help(help)))
            }
            (Direction::Forward, last) => Ok(last.is_some()),
            (Direction::Backward, last) => Ok(last.is_none()),
        }
    }

    /// Refuses where another process changed what the plan was made for.
    fn still_holds(&self, history: &History) -> Attempt<()> {
        let gone = self.requires.iter().find(|migration| !history.is_applied(migration));
        let come = self.excludes.iter().find(|migration| history.is_applied(migration));
        let message = match (gone, come) {
            (Some(gone), _) => format!("`{gone}`, which it needs, was undone meanwhile"),
            (None, Some(come)) => format!("`{come}`, which must not be applied, was applied meanwhile"),
            (None, None) => return Ok(()),
        };
        let help = "another process works on this database; run the command again to plan anew";
        Err(Fault::refusal(Diagnostic::error("E637", message).help(help)))
    }

    /// Says where the fault arose.
    fn at_step(&self, mut fault: Box<Fault>, number: usize) -> Box<Fault> {
        if fault.diagnostic.code == "E502" {
            fault.diagnostic.code = "E621";
        }
        fault.diagnostic.message = format!("step {number} of {}: {}", self.steps.len(), fault.diagnostic.message);
        fault
    }

    /// Says of which migration the fault speaks, and how the database is now.
    fn explain(&self, mut fault: Box<Fault>) -> Box<Fault> {
        let migration = &self.record.migration;
        let (verb, state) = match self.direction {
            Direction::Forward => ("applying", "nothing of this migration is in the database"),
            Direction::Backward => ("undoing", "the migration is still applied, as a whole"),
        };
        let diagnostic = &mut fault.diagnostic;
        diagnostic.message = format!("{verb} `{migration}`: {}", diagnostic.message);
        if fault.kind != ErrorKind::Unknown {
            let what = if fault.rolled_back { "rolled back" } else { "nothing was run" };
            diagnostic.notes.push(format!("{what}; {state}"));
        }
        if diagnostic.helps.is_empty() {
            diagnostic.helps.push("correct the cause, then run `migrate` again".to_owned());
        }
        fault
    }
}

/// Refuses where the step ended the transaction: a COMMIT became a rollback, so that nothing is left of it either way.
fn still_open<T>(session: &Session, step: &Step, done: Attempt<T>) -> Attempt<T> {
    if !session.refused_commit() && (done.is_err() || !session.is_over()) {
        return done;
    }
    let diagnostic = Diagnostic::error("E641", "the statement ends the transaction of the migration")
        .note(format!("the statement: {}", step.statements().join(";\n")))
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
            Ok(guard::writes_rows(sql).then_some(rows))
        }
        Step::Drop { sql, .. } => {
            stage.statement(sql).await?;
            Ok(None)
        }
        Step::Verify { verify, found } => {
            let _ = stage.progress.send(Progress::Statement(verify.clone()));
            let count = stage.session.integer(verify).await?;
            guard::verified(verify, found, count)?;
            Ok(None)
        }
        Step::Rebuild { rebuild: table, sql } => {
            let rebuilt = rebuild::run(stage, table, sql).await?;
            let rows = rebuilt.rows;
            done.rebuilt.push(rebuilt);
            Ok(Some(rows))
        }
        Step::Autocommit { autocommit } => Err(guard::autocommit(autocommit)),
    }
}
