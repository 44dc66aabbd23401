//! What went wrong inside the backend, before it becomes an error of the library.

use crate::diagnostic::Diagnostic;
use crate::error::{Error, ErrorKind};

/// A failure, or a refusal of ours, with what a person should read.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) kind: ErrorKind,
    pub(super) diagnostic: Diagnostic,
    pub(super) source: Option<sqlx::Error>,
    /// A transaction had begun, and was rolled back.
    pub(super) rolled_back: bool,
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
        Box::new(Self { kind, diagnostic, source: None, rolled_back: false })
    }

    /// Keeps what the driver said.
    pub(super) fn caused_by(mut self: Box<Self>, source: sqlx::Error) -> Box<Self> {
        self.source = Some(source);
        self
    }

    /// Says that a transaction had begun, and was rolled back.
    pub(super) fn rolled_back(mut self: Box<Self>) -> Box<Self> {
        self.rolled_back = true;
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
