//! A statement that `PostgreSQL` refused.
//!
//! <https://www.postgresql.org/docs/current/errcodes-appendix.html>

use sqlx::postgres::PgDatabaseError;

use crate::backend::fault::Fault;
use crate::diagnostic::Diagnostic;
use crate::error::ErrorKind;

/// Codes after which the same transaction may well succeed: a lock not obtained, a serialization failure, a deadlock.
const TRANSIENT: [&str; 3] = ["55P03", "40001", "40P01"];

/// A statement that `PostgreSQL` refused, or that no answer came to.
#[derive(Debug)]
pub(super) struct Failure {
    /// The statement.
    pub(super) sql: String,
    /// What the driver said.
    pub(super) source: sqlx::Error,
}

/// What the server said; none where the connection broke.
fn server(source: &sqlx::Error) -> Option<&PgDatabaseError> {
    source.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>())
}

/// The five characters of the server's code; none where the connection broke.
pub(super) fn sqlstate(source: &sqlx::Error) -> Option<&str> {
    server(source).map(PgDatabaseError::code)
}

/// What the server said, or the driver.
pub(super) fn message(source: &sqlx::Error) -> String {
    server(source).map_or_else(|| source.to_string(), |error| error.message().to_owned())
}

/// True where the same transaction may well succeed the next time.
pub(super) fn is_transient(fault: &Fault) -> bool {
    fault.source.as_ref().and_then(sqlstate).is_some_and(|code| TRANSIENT.contains(&code))
}

/// True where there is no session any more: the connection broke, or the server ended it.
pub(super) fn is_lost(fault: &Fault) -> bool {
    let Some(source) = &fault.source else { return false };
    is_broken(source) || sqlstate(source).is_some_and(|code| code.starts_with("57P") || code.starts_with("08"))
}

/// True where the driver lost its server, or what it heard is no protocol.
fn is_broken(source: &sqlx::Error) -> bool {
    matches!(source, sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed)
}

impl Failure {
    fn diagnostic(&self) -> (ErrorKind, Diagnostic) {
        let message = message(&self.source);
        match sqlstate(&self.source) {
            Some("57014") => {
                let stopped = "stopped by a signal in the middle of a statement";
                (ErrorKind::Interrupted, Diagnostic::error("E632", stopped))
            }
            Some("55P03") => {
                (ErrorKind::Failed, Diagnostic::error("E650", format!("a lock was not obtained: {message}")))
            }
            Some("40P01") => (ErrorKind::Failed, Diagnostic::error("E650", message)),
            Some(code) => {
                let failed = Diagnostic::error("E502", message);
                (ErrorKind::Failed, help(code).into_iter().fold(failed, Diagnostic::help))
            }
            None if is_broken(&self.source) => {
                let lost = Diagnostic::error("E502", format!("the connection broke: {message}"));
                (ErrorKind::Failed, lost.help("see why in the server's log, then run `migrate` again"))
            }
            None => (ErrorKind::Failed, Diagnostic::error("E502", message)),
        }
    }
}

/// What a person can do about it, where the statement is not at fault.
fn help(code: &str) -> Option<&'static str> {
    match code {
        "42501" => Some("grant this user what the message speaks of, or connect as the owner of the tables"),
        "25006" => Some("this server or user may only read: connect to the primary, as a user who may write"),
        "25001" => Some("make it a step of its own outside the transaction: `{ autocommit = \"…\" }`"),
        "53100" => Some("make room on the server's disk, then run `migrate` again"),
        "57P01" | "57P02" | "57P03" => Some("see why in the server's log, then run `migrate` again"),
        _ => None,
    }
}

impl From<Failure> for Box<Fault> {
    fn from(failure: Failure) -> Self {
        let (kind, mut diagnostic) = failure.diagnostic();
        if let Some(error) = server(&failure.source) {
            let said = [("detail", error.detail()), ("hint", error.hint())];
            for (word, text) in said.into_iter().filter_map(|(word, text)| Some((word, text?))) {
                diagnostic = diagnostic.note(format!("{word}: {text}"));
            }
        }
        if !failure.sql.is_empty() {
            diagnostic = diagnostic.note(format!("the statement: {}", failure.sql));
        }
        Fault::of(kind, diagnostic).caused_by(failure.source)
    }
}
