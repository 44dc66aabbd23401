//! A statement that the server refused.
//!
//! Told by the number: the five characters are `HY000` for half of them.
//! <https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html>,
//! <https://mariadb.com/kb/en/mariadb-error-code-reference/>

use sqlx::mysql::MySqlDatabaseError;

use crate::backend::fault::Fault;
use crate::diagnostic::Diagnostic;
use crate::error::ErrorKind;

/// Errors after which the same work may well succeed: a lock not obtained, a deadlock.
const TRANSIENT: [u16; 3] = [1205, 1213, 3572];

/// Errors with which a server ends a session: it shuts down, the session was killed, or waited too long.
const ENDED: [u16; 9] = [1053, 1152, 1158, 1159, 1160, 1161, 1927, 3169, 4031];

/// What a user may not: use the database, read the table, its column, or call a function.
#[cfg(feature = "render")]
const DENIED: [u16; 5] = [1044, 1045, 1142, 1143, 1370];

/// The table is not there.
pub(super) const NO_TABLE: u16 = 1146;

/// A statement that cannot be prepared.
pub(super) const UNPREPARABLE: u16 = 1295;

/// A statement that the server refused, or that no answer came to.
#[derive(Debug)]
pub(super) struct Failure {
    /// The statement.
    pub(super) sql: String,
    /// What the driver said.
    pub(super) source: sqlx::Error,
}

/// What the server said; none where the connection broke.
fn server(source: &sqlx::Error) -> Option<&MySqlDatabaseError> {
    source.as_database_error().and_then(|error| error.try_downcast_ref::<MySqlDatabaseError>())
}

/// The server's number of the error; none where the connection broke.
pub(super) fn number(source: &sqlx::Error) -> Option<u16> {
    server(source).map(MySqlDatabaseError::number)
}

/// What the server said, or the driver.
pub(super) fn message(source: &sqlx::Error) -> String {
    server(source).map_or_else(|| source.to_string(), |error| error.message().to_owned())
}

/// True where the same work may well succeed the next time.
pub(super) fn is_transient(fault: &Fault) -> bool {
    fault.source.as_ref().and_then(number).is_some_and(|number| TRANSIENT.contains(&number))
}

/// True where there is no session any more: the connection broke, or the server ended it.
pub(super) fn is_lost(fault: &Fault) -> bool {
    let Some(source) = &fault.source else { return false };
    is_broken(source) || number(source).is_some_and(|number| ENDED.contains(&number))
}

/// True where the driver lost its server, or what it heard is no protocol.
fn is_broken(source: &sqlx::Error) -> bool {
    matches!(source, sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed)
}

impl Failure {
    /// The server's number of the error; none where the connection broke.
    pub(super) fn number(&self) -> Option<u16> {
        number(&self.source)
    }

    /// True where the server says of the statement that it cannot be, whoever runs it and whenever.
    #[cfg(feature = "render")]
    pub(super) fn is_of_the_statement(&self) -> bool {
        let others = [&TRANSIENT[..], &ENDED, &DENIED].concat();
        self.number().is_some_and(|number| !others.contains(&number))
    }

    fn diagnostic(&self) -> (ErrorKind, Diagnostic) {
        let message = message(&self.source);
        let failed = |code, message: String| (ErrorKind::Failed, Diagnostic::error(code, message));
        match self.number() {
            Some(1317) => {
                let stopped = "stopped by a signal in the middle of a statement";
                (ErrorKind::Interrupted, Diagnostic::error("E632", stopped))
            }
            Some(1205 | 3572) => failed("E650", format!("a lock was not obtained: {message}")),
            Some(1213) => failed("E650", message),
            Some(number) => {
                let (kind, diagnostic) = failed("E502", message);
                (kind, help(number).into_iter().fold(diagnostic, Diagnostic::help))
            }
            None if is_broken(&self.source) => {
                let (kind, lost) = failed("E502", format!("the connection broke: {message}"));
                (kind, lost.help("see why in the server's log, then run `migrate` again"))
            }
            None => failed("E502", message),
        }
    }
}

/// What a person can do about it, where the statement alone does not say it.
fn help(number: u16) -> Option<&'static str> {
    Some(match number {
        1044 | 1142 | 1143 | 1227 | 1370 | 1410 => {
            "grant this user what the message speaks of, or connect as one who has it"
        }
        1290 | 1792 | 1836 => "this server or session may only read: connect to the primary, as a user who may write",
        3 | 1021 | 1114 => "make room on the server's disk, then run `migrate` again",
        1062 | 1169 | 1586 => "two rows would be the same: correct them, then run `migrate` again",
        1216 | 1452 => "a row refers to one that is not there: correct it, then run `migrate` again",
        1217 | 1451 => "rows refer to what would go: let them go first, or give the key another `on_delete`",
        3819 | 4025 => "a row does not meet the check: correct it, then run `migrate` again",
        1048 | 1138 => "a row would have no value there: give it one, then run `migrate` again",
        1264 | 1265 | 1292 | 1366 | 1367 | 1406 => {
            "a row holds a value that does not fit: correct it, or choose a wider type"
        }
        3780 | 1005 => "a key and its target must have the same type, length, sign and collation",
        1822 => "the target of a foreign key needs a key or a unique constraint on those columns",
        1071 => {
            "a key is limited to 3,072 bytes, four for each character: shorten a `max_length` or leave out a column"
        }
        1118 => "a row is limited to 65,535 bytes, text and blobs apart: shorten a `max_length`",
        1170 => "a column of text in a key needs a `max_length`",
        1419 => "ask for `log_bin_trust_function_creators`, or connect as a user who may set it",
        1845 | 1846 => "take `ALGORITHM` or `LOCK` out, or run the change when nobody writes",
        1153 => "raise `max_allowed_packet` of the server, or split the statement",
        number if ENDED.contains(&number) => "see why in the server's log, then run `migrate` again",
        _ => return None,
    })
}

impl From<Failure> for Box<Fault> {
    fn from(failure: Failure) -> Self {
        let (kind, mut diagnostic) = failure.diagnostic();
        if let Some(number) = failure.number() {
            diagnostic = diagnostic.note(format!("the server's error {number}"));
        }
        if !failure.sql.is_empty() {
            diagnostic = diagnostic.note(format!("the statement: {}", failure.sql));
        }
        Fault::of(kind, diagnostic).caused_by(failure.source)
    }
}
