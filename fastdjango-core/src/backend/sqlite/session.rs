//! An open connection: its prologue, and the running of statements.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _, Row, SqliteConnection, TypeInfo, ValueRef};

use super::failure::Failure;
use crate::backend::fault::{Attempt, Fault};
use crate::backend::journal::Talk;
use crate::backend::{Access, Interrupt, Value, row};
use crate::data::Selected;
use crate::diagnostic::Diagnostic;
use crate::model;

/// How long a statement waits for a writer in another process to finish its commit.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many instructions run between two looks at the interrupt.
const INSTRUCTIONS: i32 = 4000;

/// What every session relies on; each is set and read back, since a pragma that does not take says nothing.
///
/// <https://www.sqlite.org/pragma.html>
const PROLOGUE: [(&str, i64); 5] = [
    ("foreign_keys", 1),
    ("legacy_alter_table", 0),
    ("recursive_triggers", 0),
    ("ignore_check_constraints", 0),
    ("writable_schema", 0),
];

/// One open connection.
#[derive(Debug)]
pub(super) struct Session {
    connection: SqliteConnection,
    transaction: Arc<Transaction>,
}

/// What becomes of the transaction that the executor holds open; the hooks of `SQLite` write it down.
///
/// <https://www.sqlite.org/c3ref/commit_hook.html>
#[derive(Debug, Default)]
struct Transaction {
    /// It is ours to end.
    held: AtomicBool,
    /// A statement tried to commit it, or something after it was over.
    refused: AtomicBool,
    /// It was rolled back.
    over: AtomicBool,
}

impl Talk for Session {
    async fn run(&mut self, sql: &str) -> Attempt<u64> {
        Ok(self.execute(sql).await?)
    }

    async fn ask(&mut self, sql: &str) -> Attempt<Vec<Vec<Value>>> {
        Ok(self.query(sql).await?)
    }
}

impl Session {
    /// Opens the file and sets the session up.
    pub(super) async fn open(path: &Path, access: Access) -> Attempt<Self> {
        if access == Access::Read {
            roll_back(path).await;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .read_only(access == Access::Read)
            .create_if_missing(true)
            .busy_timeout(PATIENCE)
            .disable_statement_logging();
        let connection = options.connect().await.map_err(|source| cannot_open(path, source))?;
        let mut session = Self { connection, transaction: Arc::default() };
        session.watch().await?;
        session.prologue().await?;
        Ok(session)
    }

    /// Sets what the session relies on, whatever was set meanwhile.
    pub(super) async fn prologue(&mut self) -> Attempt<()> {
        if self.is_set().await? {
            return Ok(());
        }
        for (pragma, value) in PROLOGUE {
            self.set(pragma, value).await?;
        }
        Ok(())
    }

    /// True where all that the session relies on is set already.
    async fn is_set(&mut self) -> Attempt<bool> {
        let found = self.query(&PROLOGUE.map(|(pragma, _)| format!("PRAGMA {pragma}")).join("; ")).await?;
        let found = found.iter().map(|row| row.first().and_then(Value::integer));
        Ok(found.eq(PROLOGUE.map(|(_, value)| Some(value))))
    }

    /// Has `SQLite` ask before it commits, and tell when it rolls back.
    async fn watch(&mut self) -> Attempt<()> {
        let (asked, told) = (Arc::clone(&self.transaction), Arc::clone(&self.transaction));
        let handle = self.connection.lock_handle().await;
        let mut handle = handle.map_err(|source| Failure { sql: String::new(), source })?;
        handle.set_commit_hook(move || {
            let held = asked.held.load(Ordering::SeqCst);
            asked.refused.fetch_or(held, Ordering::SeqCst);
            !held
        });
        handle.set_rollback_hook(move || told.over.store(true, Ordering::SeqCst));
        Ok(())
    }

    /// From here on the open transaction ends by [`Self::release`] only: any other COMMIT becomes a rollback.
    ///
    /// A session whose commit was refused is closed; one that found nothing to do has rolled back, and goes on.
    pub(super) fn hold(&self) {
        self.transaction.over.store(false, Ordering::SeqCst);
        self.transaction.held.store(true, Ordering::SeqCst);
    }

    /// The transaction may end.
    pub(super) fn release(&self) {
        self.transaction.held.store(false, Ordering::SeqCst);
    }

    /// True where a statement tried to commit what was held.
    pub(super) fn refused_commit(&self) -> bool {
        self.transaction.refused.load(Ordering::SeqCst)
    }

    /// True where the held transaction was rolled back.
    pub(super) fn is_over(&self) -> bool {
        self.transaction.over.load(Ordering::SeqCst)
    }

    /// Sets a pragma and reads it back.
    pub(super) async fn set(&mut self, pragma: &str, value: i64) -> Attempt<()> {
        self.execute(&format!("PRAGMA {pragma} = {value}")).await?;
        self.expect(pragma, value).await
    }

    /// Refuses where a pragma is not what we set it to.
    pub(super) async fn expect(&mut self, pragma: &str, value: i64) -> Attempt<()> {
        let actual = self.integer(&format!("PRAGMA {pragma}")).await?;
        if actual == Some(value) {
            return Ok(());
        }
        let actual = actual.map_or_else(|| "nothing".to_owned(), |actual| actual.to_string());
        let message = format!("`PRAGMA {pragma}` is {actual} and should be {value}: the setting did not take");
        Err(Fault::refusal(Diagnostic::error("E503", message).help("use a build of SQLite that supports the pragma")))
    }

    /// Runs a statement that waits for no other process; those after it do.
    pub(super) async fn impatiently(&mut self, sql: &str) -> Result<(), Failure> {
        let patient = format!("PRAGMA busy_timeout = {}", PATIENCE.as_millis());
        // What goes in one text is one message to the thread that SQLite runs in.
        match self.execute(&format!("PRAGMA busy_timeout = 0; {sql}; {patient}")).await {
            Ok(_) => Ok(()),
            Err(failure) => {
                self.execute(&patient).await?;
                Err(Failure { sql: sql.to_owned(), ..failure })
            }
        }
    }

    /// Lets a second signal interrupt the statement that runs. <https://www.sqlite.org/c3ref/progress_handler.html>
    pub(super) async fn heed(&mut self, interrupt: &Interrupt) -> Attempt<()> {
        let interrupt = interrupt.clone();
        let handle = self.connection.lock_handle().await;
        let mut handle = handle.map_err(|source| Failure { sql: String::new(), source })?;
        handle.set_progress_handler(INSTRUCTIONS, move || !interrupt.at_once());
        Ok(())
    }

    /// Forgets the interrupt.
    pub(super) async fn unheed(&mut self) -> Attempt<()> {
        let handle = self.connection.lock_handle().await;
        handle.map_err(|source| Failure { sql: String::new(), source })?.remove_progress_handler();
        Ok(())
    }

    /// Runs statements, and returns how many rows the last one wrote.
    pub(super) async fn execute(&mut self, sql: &str) -> Result<u64, Failure> {
        let result = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut self.connection).await;
        result.map(|done| done.rows_affected()).map_err(|source| Failure { sql: sql.to_owned(), source })
    }

    /// Runs one statement with values; returns how many rows it wrote, and the last that was inserted.
    pub(super) async fn execute_with(&mut self, sql: &str, values: &[model::Value]) -> Result<(u64, i64), Failure> {
        let query = values.iter().cloned().fold(sqlx::query(AssertSqlSafe(sql)), row::bind);
        let done = query.execute(&mut self.connection).await;
        done.map(|done| (done.rows_affected(), done.last_insert_rowid()))
            .map_err(|source| Failure { sql: sql.to_owned(), source })
    }

    /// Runs one query with values; the rows as models read them.
    pub(super) async fn select(&mut self, sql: &str, values: &[model::Value]) -> Result<Vec<Selected>, Failure> {
        let query = values.iter().cloned().fold(sqlx::query(AssertSqlSafe(sql)).persistent(false), row::bind);
        let rows = query.fetch_all(&mut self.connection).await;
        let rows = rows.and_then(|rows| rows.iter().map(row::selected).collect());
        rows.map_err(|source| Failure { sql: sql.to_owned(), source })
    }

    /// Runs a query.
    pub(super) async fn query(&mut self, sql: &str) -> Result<Vec<Vec<Value>>, Failure> {
        let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(&mut self.connection).await;
        let rows = rows.and_then(|rows| rows.iter().map(values).collect());
        rows.map_err(|source| Failure { sql: sql.to_owned(), source })
    }

    /// The first value of the first row, where it is a whole number.
    pub(super) async fn integer(&mut self, sql: &str) -> Result<Option<i64>, Failure> {
        Ok(self.query(sql).await?.first().and_then(|row| row.first()).and_then(Value::integer))
    }

    /// The texts of the first column.
    pub(super) async fn texts(&mut self, sql: &str) -> Result<Vec<String>, Failure> {
        let rows = self.query(sql).await?;
        Ok(rows.iter().filter_map(|row| row.first()?.text().map(str::to_owned)).collect())
    }

    /// Closes it; what is not committed is rolled back.
    pub(super) async fn close(self) -> Result<(), Failure> {
        self.connection.close().await.map_err(|source| Failure { sql: String::new(), source })
    }
}

fn values(row: &SqliteRow) -> Result<Vec<Value>, sqlx::Error> {
    (0..row.len()).map(|i| value(row, i)).collect()
}

/// A value by its storage class, whatever type the column declares.
fn value(row: &SqliteRow, i: usize) -> Result<Value, sqlx::Error> {
    let raw = row.try_get_raw(i)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let class = raw.type_info().name().to_owned();
    Ok(match class.as_str() {
        "INTEGER" => Value::Integer(row.try_get_unchecked(i)?),
        "REAL" => Value::Real(row.try_get_unchecked(i)?),
        "BLOB" => Value::Bytes(row.try_get_unchecked(i)?),
        _ => Value::Text(row.try_get_unchecked(i)?),
    })
}

/// Undoes what a killed process left half written, which a session that only reads may not do and stumbles over.
///
/// A process that still writes is left alone. Where it cannot be done, reading says why. <https://www.sqlite.org/lockingv3.html#hot_journals>
async fn roll_back(path: &Path) {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-journal");
    if std::fs::metadata(journal).is_ok_and(|journal| journal.len() > 0)
        && let Ok(mut session) = SqliteConnectOptions::new().filename(path).busy_timeout(Duration::ZERO).connect().await
    {
        let _ = sqlx::query("SELECT count(*) FROM sqlite_schema").fetch_all(&mut session).await;
        let _ = session.close().await;
    }
}

fn cannot_open(path: &Path, source: sqlx::Error) -> Box<Fault> {
    let failure = Failure { sql: String::new(), source };
    let message = format!("cannot open the database `{}`: {}", path.display(), failure.message());
    let diagnostic = Diagnostic::error("E501", message);
    let help = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.exists() => {
            format!("create the folder `{}`", folder.display())
        }
        _ => "check that the path names a SQLite database that this user may read and write".to_owned(),
    };
    Fault::refusal(diagnostic.help(help)).caused_by(failure.source)
}
