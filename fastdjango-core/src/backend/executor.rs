//! What the executor takes and gives, the same for every backend.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use super::Function;
use crate::migration::Step;
use crate::name::MigrationRef;
use crate::schema::Table;

/// Which way a migration runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// It is applied.
    Forward,
    /// It is undone.
    Backward,
}

impl Direction {
    /// The event of a first step that is about to run, outside one transaction.
    pub(super) const fn begun(self) -> super::Event {
        match self {
            Self::Forward => super::Event::Applying,
            Self::Backward => super::Event::Reverting,
        }
    }

    /// The event of steps that all ran.
    pub(super) const fn done(self) -> super::Event {
        match self {
            Self::Forward => super::Event::Applied,
            Self::Backward => super::Event::Reverted,
        }
    }
}

/// One migration to run in one direction.
#[derive(Clone, Debug)]
pub struct Unit<'a> {
    /// The migration.
    pub migration: MigrationRef,
    /// The hash of its operations.
    pub checksum: &'a str,
    /// The hash of the steps.
    pub text_hash: &'a str,
    /// What runs, in order.
    pub steps: &'a [Step],
    /// The functions that the steps name, each once.
    pub functions: &'a [Function],
    /// The tables that the steps rebuild, as the state before the migration declares them: what a table of the database has
    /// beyond that was added by hand.
    pub declared: &'a [Table],
    /// Which way.
    pub direction: Direction,
    /// What must be applied when the lock is ours: another process may have undone it since the plan was made.
    pub requires: &'a [MigrationRef],
    /// What must not be applied when the lock is ours: another process may have applied it since the plan was made.
    pub excludes: &'a [MigrationRef],
    /// In one transaction, where the database can; else its steps are written down before the first, and each is done for good.
    pub atomic: bool,
    /// Goes into the history with the event; empty for nothing.
    pub note: &'a str,
}

/// What holds for every migration of a run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// How long to wait for other migrators.
    pub wait: Duration,
    /// How long a statement waits for a lock of the database that another session holds; `SQLite` has one lock only.
    pub lock_timeout: Duration,
    /// Goes on with what the journal holds, whatever the steps are now, and begins nothing.
    pub resume: bool,
    /// Which run it is: goes into the history with every event.
    pub run_id: String,
    /// Stops the run.
    pub interrupt: Interrupt,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            wait: Duration::from_mins(10),
            lock_timeout: Duration::from_secs(3),
            resume: false,
            run_id: run_id(),
            interrupt: Interrupt::default(),
        }
    }
}

/// A new name for a run: sixteen hexadecimal digits that no other run has.
#[must_use]
pub fn run_id() -> String {
    format!("{:016x}", random())
}

/// A random number, seeded by the system; no secret.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// How a migration ended that did not fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It ran.
    Done {
        /// How long it took, the wait for the lock apart.
        elapsed: Duration,
        /// The tables that were rebuilt.
        rebuilt: Vec<RebuiltTable>,
    },
    /// Another migrator had done it before the lock was ours.
    AlreadyDone,
    /// Only the history says so: nothing ran.
    Recorded,
    /// It stood in the middle of its steps, and is not gone on with.
    GivenUp,
}

/// A step of a migration that was written down before it began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalStep {
    /// How far it is.
    pub state: StepState,
    /// Its statements.
    pub statements: Vec<String>,
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// It has not begun.
    Pending,
    /// A statement outside any transaction has begun; what became of it, the catalog says.
    Started,
    /// It is done.
    Done,
}

/// A table that was copied row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RebuiltTable {
    /// The table.
    pub table: String,
    /// How many rows it has.
    pub rows: u64,
}

/// What happens while a migration runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Another process holds the database; sent once.
    Waiting,
    /// A step begins.
    StepStarted {
        /// Its number, from 1.
        number: usize,
        /// How many there are.
        of: usize,
        /// Its statements.
        text: String,
    },
    /// A statement is about to run, word by word.
    Statement(String),
    /// A step ended well.
    StepFinished {
        /// Its number, from 1.
        number: usize,
        /// How many there are.
        of: usize,
        /// How long it took.
        elapsed: Duration,
        /// How many rows it wrote, where that is known.
        rows: Option<u64>,
    },
}

/// Stops a run from outside; clones share one state.
///
/// After the first signal the step that runs is finished, no other is started, and what is not complete is rolled back.
/// After the second the statement that runs is interrupted too.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicU8>);

impl Interrupt {
    /// Counts one more signal.
    pub fn signal(&self) {
        let _ = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |signals| signals.checked_add(1));
    }

    /// True after the first signal.
    #[must_use]
    pub fn requested(&self) -> bool {
        self.0.load(Ordering::SeqCst) > 0
    }

    /// True after the second signal.
    #[must_use]
    pub fn at_once(&self) -> bool {
        self.0.load(Ordering::SeqCst) > 1
    }
}
