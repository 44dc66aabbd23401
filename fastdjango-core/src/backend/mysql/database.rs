//! A database of a server, and the connection to it while one is open.

use std::path::Path;

use super::names::quote;
use super::session::Session;
use super::{execute, history, introspect, objects};
use crate::backend::fault::{Attempt, Fault};
use crate::backend::{Access, Entry, History, Object, Outcome, Progress, Record, RunOptions, Unit, Value, job};
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result};
use crate::field::Engine;
use crate::schema::Schema;
use crate::settings;

/// A `MySQL` or `MariaDB` database by its settings.
///
/// Each call takes the open session and puts it back only after success: an error or a dropped future closes it, which rolls
/// back whatever was open.
#[derive(Debug)]
pub struct Database {
    settings: settings::Database,
    access: Access,
    session: Option<Session>,
}

impl Database {
    pub(in crate::backend) async fn open(settings: &settings::Database, access: Access) -> Result<Self> {
        let session = Session::open(settings, access).await?;
        Ok(Self { settings: settings.clone(), access, session: Some(session) })
    }

    /// The open session, or a new one.
    async fn take(&mut self) -> Attempt<Session> {
        match self.session.take() {
            Some(session) => Ok(session),
            None => Session::open(&self.settings, self.access).await,
        }
    }

    /// A session that may write.
    async fn writable(&mut self) -> Result<Session> {
        if self.access == Access::Read {
            let message = format!("{} was opened for reading only", self.settings.describe());
            return Err(Error::failed(Diagnostic::error("E501", message).help("open it with `Access::Write`")));
        }
        Ok(self.take().await?)
    }

    /// Keeps the session after success, closes it after a fault.
    async fn put_back<T>(&mut self, session: Session, result: Attempt<T>) -> Result<T> {
        if result.is_err() || session.broken {
            let _ = session.close().await;
        } else {
            self.session = Some(session);
        }
        Ok(result?)
    }

    /// Which of the two servers it is.
    pub(in crate::backend) fn engine(&self) -> Engine {
        self.settings.engine
    }

    pub(in crate::backend) async fn version(&mut self) -> Result<String> {
        let session = self.take().await?;
        let version = session.server.version.clone();
        self.put_back(session, Ok(version)).await
    }

    pub(in crate::backend) async fn introspect(&mut self) -> Result<Schema> {
        let mut session = self.take().await?;
        let schema = introspect::schema(&mut session).await;
        self.put_back(session, schema).await
    }

    /// Says what is expected as it was found, where the server reads both alike.
    #[cfg(feature = "render")]
    pub(in crate::backend) async fn reconcile(
        &mut self,
        dialect: &dyn crate::dialect::Dialect,
        sides: &mut crate::pair::Pair<Schema>,
    ) -> Result<()> {
        let mut session = self.take().await?;
        let reconciled = super::wording::reconcile(&mut session, dialect, sides).await;
        self.put_back(session, reconciled).await
    }

    pub(in crate::backend) async fn objects(&mut self) -> Result<Vec<Object>> {
        let mut session = self.take().await?;
        let objects = objects::objects(&mut session).await;
        self.put_back(session, objects).await
    }

    pub(in crate::backend) async fn history(&mut self) -> Result<History> {
        let mut session = self.take().await?;
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
        let settings = self.settings.clone();
        let engine = session.server.name();
        let work = |job| execute::run(job, session, settings);
        let (session, outcome) = job::run(unit, options, progress, engine, work).await?;
        self.put_back(session, outcome).await
    }

    /// A copy of a server's database is the work of the server's own tools.
    pub(in crate::backend) fn backup(&self, path: &Path) -> Result<()> {
        let message = format!("fastdjango makes no copy of {}", self.settings.describe());
        let diagnostic = Diagnostic::error("E506", message).note("nothing was run");
        let tool = if self.settings.engine == Engine::Mariadb { "mariadb-dump" } else { "mysqldump" };
        let command =
            format!("{tool} --single-transaction --routines --result-file={} {}", path.display(), self.settings.name);
        let help = format!("make one with `{command}`, and leave `--backup` out");
        Err(Error::failed(diagnostic.help(help)))
    }

    pub(in crate::backend) async fn count_rows(&mut self, table: &str) -> Result<u64> {
        self.count(&format!("SELECT count(*) FROM {}", quote(table))).await
    }

    pub(in crate::backend) async fn count_values(&mut self, table: &str, column: &str) -> Result<u64> {
        self.count(&format!("SELECT count({}) FROM {}", quote(column), quote(table))).await
    }

    async fn count(&mut self, sql: &str) -> Result<u64> {
        let rows = self.query(sql).await?;
        let count = rows.first().and_then(|row| row.first()).and_then(Value::integer);
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
    }

    pub(in crate::backend) async fn execute(&mut self, sql: &str) -> Result<()> {
        let mut session = self.writable().await?;
        let done = session.execute(sql).await.map(|_| ()).map_err(Into::into);
        self.put_back(session, done).await
    }

    pub(in crate::backend) async fn query(&mut self, sql: &str) -> Result<Vec<Vec<Value>>> {
        let mut session = self.take().await?;
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
