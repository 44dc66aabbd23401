//! One migration as a piece of work that owns what it needs: what every backend asks and says of it.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc::{self, UnboundedSender};
use tracing::Instrument;

use super::fault::{Attempt, Fault, Left};
use super::span;
use super::{Direction, Event, Function, History, Interrupt, Outcome, Progress, Record, RunOptions, Unit};
use crate::diagnostic::Diagnostic;
use crate::error::{Error, ErrorKind, Result};
use crate::migration::Step;
use crate::name::MigrationRef;
use crate::schema::Table;

/// A unit that owns what it needs, so that it can run in a task of its own.
pub(super) struct Job {
    pub(super) steps: Vec<Step>,
    pub(super) functions: Vec<Function>,
    /// A function began that must not begin twice.
    pub(super) once: AtomicBool,
    #[cfg_attr(not(feature = "sqlite"), allow(dead_code, reason = "only SQLite makes tables anew"))]
    pub(super) declared: Vec<Table>,
    #[cfg_attr(not(any(feature = "postgres", feature = "sqlite")), allow(dead_code, reason = "MySQL has no choice"))]
    pub(super) atomic: bool,
    pub(super) direction: Direction,
    pub(super) record: Record,
    pub(super) options: RunOptions,
    requires: Vec<MigrationRef>,
    excludes: Vec<MigrationRef>,
    progress: UnboundedSender<Progress>,
}

impl Job {
    fn new(unit: &Unit<'_>, options: &RunOptions, progress: UnboundedSender<Progress>) -> Self {
        let record = Record {
            migration: unit.migration.clone(),
            event: unit.direction.done(),
            checksum: unit.checksum.to_owned(),
            text_hash: unit.text_hash.to_owned(),
            note: unit.note.to_owned(),
        };
        Self {
            steps: unit.steps.to_vec(),
            functions: unit.functions.to_vec(),
            once: AtomicBool::new(false),
            declared: unit.declared.to_vec(),
            atomic: unit.atomic,
            direction: unit.direction,
            record,
            requires: unit.requires.to_vec(),
            excludes: unit.excludes.to_vec(),
            options: options.clone(),
            progress,
        }
    }

    /// Tells whoever still listens.
    pub(super) fn tell(&self, progress: Progress) {
        let _ = self.progress.send(progress);
    }

    /// Announces a statement, word by word.
    pub(super) fn announce(&self, sql: &str) {
        self.tell(Progress::Statement(sql.to_owned()));
    }

    /// What stops it.
    pub(super) fn interrupt(&self) -> &Interrupt {
        &self.options.interrupt
    }

    /// Refuses to go on after a signal.
    pub(super) fn heed(&self) -> Attempt<()> {
        if self.interrupt().requested() {
            let stopped = Diagnostic::error("E632", "stopped by a signal");
            return Err(Fault::of(ErrorKind::Interrupted, stopped));
        }
        Ok(())
    }

    /// The function of an id, which is about to begin.
    pub(super) fn function(&self, id: &str) -> Attempt<&Function> {
        let found = self.functions.iter().find(|function| function.migration.id == id).ok_or_else(|| {
            let message = format!("the steps name the function `{id}`, and the migration's file no longer does");
            let help =
                "put its `run_rust` back, let the migration come to its end, and make the change in a new migration";
            Fault::refusal(Diagnostic::error("E688", message).help(help))
        })?;
        self.once.store(!found.migration.retry_safe, Ordering::SeqCst);
        Ok(found)
    }

    /// The migrations whose last events decide whether it runs.
    pub(super) fn concerned(&self) -> Vec<&MigrationRef> {
        [&self.record.migration].into_iter().chain(&self.requires).chain(&self.excludes).collect()
    }

    /// True where the history already says what we were about to do.
    pub(super) fn is_done(&self, history: &History) -> Attempt<bool> {
        if self.options.resume {
            let message = format!("`{}` no longer stands in the middle of its steps", self.record.migration);
            let help = "another process works on this database; run the command again to plan anew";
            return Err(Fault::refusal(Diagnostic::error("E637", message).help(help)));
        }
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
    pub(super) fn still_holds(&self, history: &History) -> Attempt<()> {
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

    /// The run and the way of the migration, where the history says that it stands in the middle of its steps.
    pub(super) fn in_the_middle(&self, history: &History) -> Option<(String, Direction)> {
        let last = history.last_of(&self.record.migration)?;
        let direction = match last.event {
            Event::Applying => Direction::Forward,
            Event::Reverting => Direction::Backward,
            Event::Applied | Event::Reverted | Event::Faked | Event::Relabelled | Event::Repaired | Event::Replaced => {
                return None;
            }
        };
        Some((last.run_id.clone(), direction))
    }

    /// The refusal to undo what is half applied.
    pub(super) fn half_applied(&self) -> Box<Fault> {
        let message = format!("`{}` is half applied, and has no way back from there", self.record.migration);
        let diagnostic = Diagnostic::error("E648", message).help("run `migrate`: it goes on where the last run ended");
        Fault::refusal(diagnostic).leaving(Left::Middle)
    }

    /// True where the history says that this very run did it.
    #[cfg_attr(
        not(any(feature = "postgres", feature = "sqlite")),
        allow(dead_code, reason = "MySQL's journal says it")
    )]
    pub(super) fn landed(&self, history: &History) -> bool {
        let ours = history.last_of(&self.record.migration).filter(|entry| entry.run_id == self.options.run_id);
        ours.is_some_and(|entry| entry.event == self.record.event)
    }

    /// Says of which migration the fault speaks, and how the database is now.
    pub(super) fn explain(&self, mut fault: Box<Fault>) -> Box<Fault> {
        let migration = &self.record.migration;
        let (verb, state) = match self.direction {
            Direction::Forward => ("applying", "nothing of this migration is in the database"),
            Direction::Backward => ("undoing", "the migration is still applied, as a whole"),
        };
        let ends = matches!((self.direction, &fault.left), (Direction::Backward, Left::Steps { .. }));
        let diagnostic = &mut fault.diagnostic;
        diagnostic.message = format!("{verb} `{migration}`: {}", diagnostic.message);
        let left = match fault.left {
            Left::Untouched => format!("nothing was run; {state}"),
            Left::RolledBack => format!("rolled back; {state}"),
            Left::Middle => "nothing was run; the migration stands in the middle of its steps".to_owned(),
            Left::Steps { done, of } => steps_left(done, of),
        };
        if fault.kind != ErrorKind::Unknown {
            diagnostic.notes.push(left);
        }
        if ends {
            let help = "correct the cause, then run `migrate --resume journal`: it is undone to its end";
            diagnostic.helps.push(help.to_owned());
        }
        if diagnostic.helps.is_empty() {
            diagnostic.helps.push("correct the cause, then run `migrate` again".to_owned());
        }
        fault
    }
}

fn steps_left(done: usize, of: usize) -> String {
    match done {
        0 if of == 1 => "its one step is not done; the next run begins with it".to_owned(),
        0 => format!("none of the {of} steps is done; the next run begins with the first"),
        1 => format!("1 of {of} steps is done, and stays; the next run goes on behind it"),
        _ => format!("{done} of {of} steps are done, and stay; the next run goes on behind them"),
    }
}

/// Does the work of a unit in a task of its own, which a dropped future does not stop, and hands its progress on.
///
/// `work` gives back what it worked with, beside how it ended; `engine` is the database's name in words.
pub(super) async fn run<T, W>(
    unit: &Unit<'_>,
    options: &RunOptions,
    progress: &mut (dyn FnMut(Progress) + Send),
    engine: &str,
    work: impl FnOnce(Job) -> W,
) -> Result<(T, Attempt<Outcome>)>
where
    T: Send + 'static,
    W: Future<Output = (T, Attempt<Outcome>)> + Send + 'static,
{
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let span = span::migration(unit, options, engine);
    let task = tokio::spawn(work(Job::new(unit, options, sender)).instrument(span.clone()));
    while let Some(event) = receiver.recv().await {
        progress(event);
    }
    let (worked_with, outcome) = task.await.map_err(|join| lost(unit, engine, join))?;
    span::end(&span, &outcome);
    Ok((worked_with, outcome))
}

fn lost(unit: &Unit<'_>, engine: &str, join: tokio::task::JoinError) -> Error {
    let message = format!("what became of `{}` is not known: its task ended without a word", unit.migration);
    let diagnostic = Diagnostic::error("E635", message)
        .note(format!("a transaction that was open is rolled back by {engine}"))
        .help("run `showmigrations` to see whether it is applied, then `migrate` again");
    Error::new(ErrorKind::Unknown, diagnostic).caused_by(join)
}
