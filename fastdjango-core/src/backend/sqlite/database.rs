//! A database file, and the connection to it while one is open.

use std::path::{Path, PathBuf};

use super::session::Session;
use super::{execute, guard, history, introspect};
use crate::backend::fault::{Attempt, Fault};
use crate::backend::names::{literal, quote};
use crate::backend::{Access, Entry, History, Object, Outcome, Progress, Record, RunOptions, Unit, Value, job};
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result};
use crate::schema::Schema;

/// A `SQLite` database by its file.
///
/// Each call takes the open session and puts it back only after success: an error or a dropped future closes it, which rolls
/// back whatever was open.
#[derive(Debug)]
pub struct Database {
    path: PathBuf,
    access: Access,
    session: Option<Session>,
}

impl Database {
    pub(in crate::backend) async fn open(path: &Path, access: Access) -> Result<Self> {
        if path.as_os_str().is_empty() || path == Path::new(":memory:") {
            return Err(in_memory());
        }
        let mut database = Self { path: path.to_owned(), access, session: None };
        database.session = database.take().await?;
        Ok(database)
    }

    /// The open session, or a new one; none where there is no file, which only a write creates.
    async fn take(&mut self) -> Attempt<Option<Session>> {
        if let Some(session) = self.session.take() {
            return Ok(Some(session));
        }
        // A folder that is missing, too, is a slip in the path: opening it says so before anything is planned.
        let is_yet_to_come = !self.path.exists() && (self.access == Access::Read || self.has_folder());
        if is_yet_to_come { Ok(None) } else { Session::open(&self.path, self.access).await.map(Some) }
    }

    fn has_folder(&self) -> bool {
        self.path.parent().is_none_or(|folder| folder.as_os_str().is_empty() || folder.is_dir())
    }

    /// A session that may write.
    async fn writable(&mut self) -> Result<Session> {
        let read_only = || {
            let message = format!("`{}` was opened for reading only", self.path.display());
            Error::failed(Diagnostic::error("E501", message).help("open it with `Access::Write`"))
        };
        if self.access == Access::Read {
            return Err(read_only());
        }
        match self.take().await? {
            Some(session) => Ok(session),
            None => Ok(Session::open(&self.path, self.access).await?),
        }
    }

    /// Keeps the session after success, closes it after a fault.
    async fn put_back<T>(&mut self, session: Session, result: Attempt<T>) -> Result<T> {
        match result {
            Ok(value) => {
                self.session = Some(session);
                Ok(value)
            }
            Err(fault) => {
                let _ = session.close().await;
                Err(fault.into())
            }
        }
    }

    pub(in crate::backend) async fn version(&mut self) -> Result<String> {
        let open = self.take().await?;
        let of_the_file = open.is_some();
        let mut session = match open {
            Some(session) => session,
            None => Session::open(Path::new(":memory:"), Access::Write).await?,
        };
        let versions = session.texts("SELECT sqlite_version()").await.map_err(Box::<Fault>::from)?;
        // A session in memory only answers this question.
        self.session = of_the_file.then_some(session);
        Ok(versions.into_iter().next().unwrap_or_default())
    }

    pub(in crate::backend) async fn introspect(&mut self) -> Result<Schema> {
        let Some(mut session) = self.take().await? else { return Ok(Schema::default()) };
        let schema = introspect::schema(&mut session).await;
        self.put_back(session, schema).await
    }

    pub(in crate::backend) async fn objects(&mut self) -> Result<Vec<Object>> {
        let Some(mut session) = self.take().await? else { return Ok(Vec::new()) };
        let objects = introspect::objects(&mut session).await;
        self.put_back(session, objects).await
    }

    pub(in crate::backend) async fn history(&mut self) -> Result<History> {
        let Some(mut session) = self.take().await? else { return Ok(History::default()) };
        let history = history::read(&mut session).await;
        self.put_back(session, history).await
    }

    pub(in crate::backend) async fn record(
        &mut self,
        options: &RunOptions,
        decide: impl FnOnce(&History) -> Vec<Record> + Send,
    ) -> Result<Vec<Entry>> {
        let mut session = self.writable().await?;
        let entries = history::record(&mut session, options, decide).await;
        self.put_back(session, entries).await
    }

    pub(in crate::backend) async fn run(
        &mut self,
        unit: &Unit<'_>,
        options: &RunOptions,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Outcome> {
        let session = self.writable().await?;
        let work = |job| execute::run(job, session);
        let (session, outcome) = job::run(unit, options, progress, "SQLite", work).await?;
        let outcome = self.put_back(session, outcome).await;
        if guard::sets_pragma(unit.steps) {
            // What the migration set would last as long as the connection.
            self.session = None;
        }
        outcome
    }

    /// `VACUUM INTO` writes a consistent copy while others read. <https://www.sqlite.org/lang_vacuum.html#vacuuminto>
    pub(in crate::backend) async fn backup(&mut self, path: &Path) -> Result<()> {
        if path.exists() {
            let message = format!("the backup `{}` is there already", path.display());
            return Err(Error::failed(Diagnostic::error("E506", message).help("name another file, or move it away")));
        }
        let Some(target) = path.to_str() else {
            let message = format!("the path of the backup `{}` is not UTF-8", path.display());
            return Err(Error::failed(Diagnostic::error("E506", message).help("name another file")));
        };
        // Where migrations will write, a database that they have yet to make is an empty one.
        let open = if self.access == Access::Write { Some(self.writable().await?) } else { self.take().await? };
        let Some(mut session) = open else {
            let message = format!("there is no database `{}` to back up", self.path.display());
            return Err(Error::failed(Diagnostic::error("E506", message).help("check the path of the database")));
        };
        let copied = session.execute(&format!("VACUUM INTO {}", literal(target))).await;
        self.put_back(session, copied.map(|_| ()).map_err(Into::into)).await
    }

    pub(in crate::backend) async fn count_rows(&mut self, table: &str) -> Result<u64> {
        let rows = self.query(&format!("SELECT count(*) FROM {}", quote(table))).await?;
        let count = rows.first().and_then(|row| row.first()).and_then(Value::integer);
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
    }

    /// The column is qualified, since a bare quoted name that is no column would count as text.
    ///
    /// <https://www.sqlite.org/quirks.html#double_quoted_string_literals_are_accepted>
    pub(in crate::backend) async fn count_values(&mut self, table: &str, column: &str) -> Result<u64> {
        let (table, column) = (quote(table), quote(column));
        let rows = self.query(&format!("SELECT count({table}.{column}) FROM {table}")).await?;
        let count = rows.first().and_then(|row| row.first()).and_then(Value::integer);
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
    }

    pub(in crate::backend) async fn execute(&mut self, sql: &str) -> Result<()> {
        let mut session = self.writable().await?;
        let done = session.execute(sql).await.map(|_| ()).map_err(Into::into);
        self.put_back(session, done).await
    }

    pub(in crate::backend) async fn query(&mut self, sql: &str) -> Result<Vec<Vec<Value>>> {
        let Some(mut session) = self.take().await? else { return Ok(Vec::new()) };
        let rows = session.query(sql).await.map_err(Into::into);
        self.put_back(session, rows).await
    }

    pub(in crate::backend) async fn close(mut self) -> Result<()> {
        match self.session.take() {
            Some(session) => session.close().await.map_err(|failure| Box::<Fault>::from(failure).into()),
            None => Ok(()),
        }
    }
}

/// The session is closed after any error, and the process ends after a command: nothing in memory would be left.
fn in_memory() -> Error {
    let diagnostic = Diagnostic::error("E507", "the database is in memory, and nothing that is done there lasts")
        .note("nothing was run")
        .help("name a file: `name = \"db.sqlite3\"` in fastdjango.toml, or `DATABASE_URL=sqlite://db.sqlite3`");
    Error::failed(diagnostic)
}
