//! A statement that `SQLite` refused.

use crate::backend::fault::Fault;
use crate::diagnostic::Diagnostic;
use crate::error::ErrorKind;

/// A statement that `SQLite` refused.
#[derive(Debug)]
pub(super) struct Failure {
    /// The statement.
    pub(super) sql: String,
    /// What the driver said.
    pub(super) source: sqlx::Error,
}

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
        Fault::of(kind, diagnostic).caused_by(failure.source)
    }
}
