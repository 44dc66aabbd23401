//! What went wrong inside the backend, before it becomes an error of the library.

use crate::diagnostic::Diagnostic;
use crate::error::{Error, ErrorKind};

/// A statement that `SQLite` refused.
#[derive(Debug)]
pub(super) struct Failure {
    /// The statement.
    pub(super) sql: String,
    /// What the driver said.
    pub(super) source: sqlx::Error,
}

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

impl Failure {
    /// The primary result code. <https://www.sqlite.org/rescode.html>
    fn code(&self) -> u32 {
        let code = self.source.as_database_error().and_then(sqlx::error::DatabaseError::code);
        code.and_then(|code| code.parse::<u32>().ok()).map_or(0, |code| code & 0xff)
    }

    /// `SQLITE_BUSY` or `SQLITE_LOCKED`: somebody else holds the database.
    pub(super) fn is_busy(&self) -> bool {
        matches!(self.code(), 5 | 6)
    }

    /// `SQLITE_INTERRUPT`: our own progress handler said stop.
    pub(super) fn is_interrupt(&self) -> bool {
        self.code() == 9
    }

    /// What a person can do about it, where the database is not at fault.
    fn help(&self) -> Option<&'static str> {
        match self.code() {
            8 | 14 => Some(
                "the file, its folder or its disk cannot be written by this user: change that, then run `migrate` again",
            ),
            11 | 26 => Some(
                "the file is no SQLite database, or a damaged one: see that the settings name the right file, or take it from a backup",
            ),
            13 => Some("make room on the disk, then run `migrate` again"),
            _ => None,
        }
    }

    /// What `SQLite` said.
    pub(super) fn message(&self) -> String {
        self.source.as_database_error().map_or_else(|| self.source.to_string(), |e| e.message().to_owned())
    }
}

impl Fault {
    /// A refusal of ours: the database did nothing wrong.
    pub(super) fn refusal(diagnostic: Diagnostic) -> Box<Self> {
        Box::new(Self { kind: ErrorKind::Failed, diagnostic, source: None, rolled_back: false })
    }

    /// A fault of another kind.
    pub(super) fn of(kind: ErrorKind, diagnostic: Diagnostic) -> Box<Self> {
        Box::new(Self { kind, diagnostic, source: None, rolled_back: false })
    }
}

impl From<Failure> for Box<Fault> {
    fn from(failure: Failure) -> Self {
        let message = failure.message();
        let (kind, diagnostic) = if failure.is_interrupt() {
            (ErrorKind::Interrupted, Diagnostic::error("E632", "stopped by a signal in the middle of a statement"))
        } else if failure.is_busy() {
            let busy = Diagnostic::error("E504", format!("the database is in use elsewhere: {message}"));
            (ErrorKind::Locked, busy.help("wait until the other process is done, or give a longer `--wait`"))
        } else {
            let failed = Diagnostic::error("E502", message);
            (ErrorKind::Failed, failure.help().into_iter().fold(failed, Diagnostic::help))
        };
        let diagnostic = diagnostic.note(format!("the statement: {}", failure.sql));
        Box::new(Fault { kind, diagnostic, source: Some(failure.source), rolled_back: false })
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
