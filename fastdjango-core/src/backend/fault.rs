//! What went wrong inside the backend, before it becomes an error of the library.

use crate::diagnostic::Diagnostic;
use crate::error::{Error, ErrorKind};

/// A failure, or a refusal of ours, with what a person should read.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) kind: ErrorKind,
    pub(super) diagnostic: Diagnostic,
    pub(super) source: Option<sqlx::Error>,
    /// What is left of the migration in the database.
    pub(super) left: Left,
}

/// What a fault leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// Nothing had begun.
    Untouched,
    /// A transaction had begun, and was rolled back.
    RolledBack,
    /// What a run before us left in the middle; nothing was added to that.
    Middle,
    /// So many steps are done, each for good; the next run goes on behind them.
    Steps {
        /// How many are done.
        done: usize,
        /// How many there are.
        of: usize,
    },
}

/// A result within the backend; the fault is boxed since it is large and rare.
pub(super) type Attempt<T> = Result<T, Box<Fault>>;

impl Fault {
    /// A refusal of ours: the database did nothing wrong.
    pub(super) fn refusal(diagnostic: Diagnostic) -> Box<Self> {
        Self::of(ErrorKind::Failed, diagnostic)
    }

    /// A fault of another kind.
    pub(super) fn of(kind: ErrorKind, diagnostic: Diagnostic) -> Box<Self> {
        Box::new(Self { kind, diagnostic, source: None, left: Left::Untouched })
    }

    /// Keeps what the driver said.
    pub(super) fn caused_by(mut self: Box<Self>, source: sqlx::Error) -> Box<Self> {
        self.source = Some(source);
        self
    }

    /// Says in which step it arose.
    pub(super) fn at_step(mut self: Box<Self>, number: usize, of: usize) -> Box<Self> {
        if self.diagnostic.code == "E502" {
            self.diagnostic.code = "E621";
        }
        self.diagnostic.message = format!("step {number} of {of}: {}", self.diagnostic.message);
        self
    }

    /// Says that a transaction had begun, and was rolled back.
    pub(super) fn rolled_back(self: Box<Self>) -> Box<Self> {
        self.leaving(Left::RolledBack)
    }

    /// Says what is left.
    pub(super) fn leaving(mut self: Box<Self>, left: Left) -> Box<Self> {
        self.left = left;
        self
    }
}

impl From<Box<Fault>> for Error {
    fn from(fault: Box<Fault>) -> Self {
        let error = Self::new(fault.kind, fault.diagnostic);
        match fault.source {
            Some(source) => error.caused_by(source),
            None => error,
        }
    }
}
