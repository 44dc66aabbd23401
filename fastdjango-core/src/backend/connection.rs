//! One connection to one database, whatever its engine.

use std::path::Path;

use super::{Entry, History, JournalStep, Outcome, Progress, Record, RunOptions, Unit, Value};
use crate::error::Result;
use crate::field::Engine;
use crate::migration::Step;
use crate::name::MigrationRef;
use crate::schema::Schema;
use crate::settings;

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads only: never creates or changes a file; a file that is not there reads as an empty database.
    Read,
    /// Reads and writes: the first write creates the file where it is not there; until then it reads as an empty database.
    Write,
}

/// A trigger or a view, as the database keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// `trigger` or `view`.
    pub kind: String,
    /// The name.
    pub name: String,
    /// The table or view that a trigger watches; a view's own name.
    pub table: String,
    /// The statement that makes it.
    pub sql: String,
}

/// A connection of our own, never a pooled one; closed after any error and opened again by the next call.
#[derive(Debug)]
pub enum Connection {
    /// `SQLite`.
    #[cfg(feature = "sqlite")]
    Sqlite(super::sqlite::Database),
    /// `PostgreSQL`.
    #[cfg(feature = "postgres")]
    Postgres(super::postgres::Database),
    /// `MySQL` or `MariaDB`.
    #[cfg(feature = "mysql")]
    Mysql(super::mysql::Database),
}

impl Connection {
    /// Opens a `SQLite` database by the path of its file.
    #[cfg(feature = "sqlite")]
    pub async fn open_sqlite(path: &Path, access: Access) -> Result<Self> {
        Ok(Self::Sqlite(super::sqlite::Database::open(path, access).await?))
    }

    /// Connects to a `PostgreSQL` database of the settings.
    #[cfg(feature = "postgres")]
    pub async fn open_postgres(database: &settings::Database, access: Access) -> Result<Self> {
        Ok(Self::Postgres(super::postgres::Database::open(database, access).await?))
    }

    /// Connects to a `MySQL` or `MariaDB` database of the settings; a server of the other kind than they say is refused.
    #[cfg(feature = "mysql")]
    pub async fn open_mysql(database: &settings::Database, access: Access) -> Result<Self> {
        Ok(Self::Mysql(super::mysql::Database::open(database, access).await?))
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Engine::Sqlite,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => Engine::Postgres,
            #[cfg(feature = "mysql")]
            Self::Mysql(database) => database.engine(),
        }
    }

    /// The server's version, such as `3.45.1`.
    pub async fn version(&mut self) -> Result<String> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(database) => database.version().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(database) => database.version().await,
            #[cfg(feature = "mysql")]
            Self::Mysql(database) => database.version().await,
        }
    }

    /// The tables as they are, ours and `SQLite`'s own apart; on `PostgreSQL` those of the schema where tables without one are.
    pub async fn introspect(&mut self) -> Result<Schema> {
        self.introspect_as(&Schema::default()).await
    }

    /// The same, and the tables of the schemas that are expected, under the names that are expected of them.
    #[cfg_attr(not(feature = "postgres"), allow(unused_variables, reason = "only PostgreSQL has schemas"))]
    pub async fn introspect_as(&mut self, expected: &Schema) -> Result<Schema> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(database) => database.introspect().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(database) => database.introspect(&expected.tables.keys().cloned().collect()).await,
            #[cfg(feature = "mysql")]
            Self::Mysql(database) => database.introspect().await,
        }
    }

    /// The triggers and views, in the order in which they were made.
    pub async fn objects(&mut self) -> Result<Vec<Object>> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(database) => database.objects().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(database) => database.objects().await,
            #[cfg(feature = "mysql")]
            Self::Mysql(database) => database.objects().await,
        }
    }

    /// The indexes that a build which was broken off left behind; only `PostgreSQL` has such.
    #[allow(clippy::unused_async, reason = "it depends on the features whether a database waits")]
    pub async fn invalid_indexes(&mut self) -> Result<Vec<String>> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Ok(Vec::new()),
            #[cfg(feature = "postgres")]
            Self::Postgres(database) => database.invalid_indexes().await,
            #[cfg(feature = "mysql")]
            Self::Mysql(_) => Ok(Vec::new()),
        }
    }

    /// How many rows a table has.
    pub async fn count_rows(&mut self, table: &str) -> Result<u64> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(database) => database.count_rows(table).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(database) => database.count_rows(table).await,
            #[cfg(feature = "mysql")]
            Self::Mysql(database) => database.count_rows(table).await,
        }
    }

    /// How many rows of a table have a value in a column.
    pub async fn count_values(&mut self, table: &str, column: &str) -> Result<u64> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(database) => database.count_values(table, column).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(database) => database.count_values(table, column).await,
            #[cfg(feature = "mysql")]
            Self::Mysql(database) => database.count_values(table, column).await,
        }
    }

    /// The history; empty where the database has none.
    pub async fn history(&mut self) -> Result<History> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(database) => database.history().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(database) => database.history().await,
            #[cfg(feature = "mysql")]
            Self::Mysql(database) => database.history().await,
        }
    }

    /// Appends events to the history under the migrators' lock, all or none, and returns them as written.
    ///
    /// `decide` sees the history as it is once the lock is held, and names what to append; it must be quick.
    pub async fn record(
        &mut self,
        options: &RunOptions,
        decide: impl FnOnce(&History) -> Vec<Record> + Send,
    ) -> Result<Vec<Entry>> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(database) => database.record(options, decide).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(database) => database.record(options, decide).await,
            #[cfg(feature = "mysql")]
            Self::Mysql(database) => database.record(options, decide).await,
        }
    }

    /// Runs one migration and writes its event, or leaves the database as it was.
    ///
    /// The work is done by a task of its own: dropping the future does not stop it half-way.
    pub async fn run(
        &mut self,
        unit: &Unit<'_>,
        options: &RunOptions,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Outcome> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(database) => database.run(unit, options, progress).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(database) => database.run(unit, options, progress).await,
            #[cfg(feature = "mysql")]
            Self::Mysql(database) => database.run(unit, options, progress).await,
        }
    }

    /// Copies the database into a new file; a file that is there already is refused.
    #[allow(clippy::unused_async, reason = "it depends on the features whether a database waits")]
    pub async fn backup(&mut self, path: &Path) -> Result<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(database) => database.backup(path).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(database) => database.backup(path),
            #[cfg(feature = "mysql")]
            Self::Mysql(database) => database.backup(path),
        }
    }

    /// Runs statements without a result.
    pub async fn execute(&mut self, sql: &str) -> Result<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(database) => database.execute(sql).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(database) => database.execute(sql).await,
            #[cfg(feature = "mysql")]
            Self::Mysql(database) => database.execute(sql).await,
        }
    }

    /// Runs a query and returns its rows.
    pub async fn query(&mut self, sql: &str) -> Result<Vec<Vec<Value>>> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(database) => database.query(sql).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(database) => database.query(sql).await,
            #[cfg(feature = "mysql")]
            Self::Mysql(database) => database.query(sql).await,
        }
    }

    /// The steps of a migration that one run wrote down, in order.
    pub async fn journal(&mut self, migration: &MigrationRef, run_id: &str) -> Result<Vec<JournalStep>> {
        let spelling = match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => super::names::STANDARD,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => super::names::STANDARD,
            #[cfg(feature = "mysql")]
            Self::Mysql(_) => super::mysql::names::SPELLING,
        };
        let rows = self.query(&super::journal::query(migration, run_id, spelling)).await?;
        Ok(rows.iter().map(|row| super::journal::told(row)).collect())
    }

    /// Closes the connection.
    pub async fn close(self) -> Result<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(database) => database.close().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(database) => database.close().await,
            #[cfg(feature = "mysql")]
            Self::Mysql(database) => database.close().await,
        }
    }
}

/// Writes out everything that [`Connection::run`] would execute for the steps on that database, statement by statement.
///
/// `atomic` is what [`Unit::atomic`] will be. What depends on the database that it runs against (triggers and views to put aside, the
/// row of the history) is a comment.
#[must_use]
#[cfg_attr(not(any(feature = "postgres", feature = "sqlite")), allow(unused_variables, reason = "MySQL has no choice"))]
pub fn script(database: &settings::Database, steps: &[Step], atomic: bool) -> Vec<String> {
    match database.engine {
        #[cfg(feature = "sqlite")]
        Engine::Sqlite => super::sqlite::script(steps, atomic),
        #[cfg(feature = "postgres")]
        Engine::Postgres => super::postgres::script(database, steps, atomic),
        #[cfg(feature = "mysql")]
        engine @ (Engine::Mysql | Engine::Mariadb) => super::mysql::script(engine, steps),
        // Without the driver, the steps are all that is known.
        #[allow(unreachable_patterns, reason = "it depends on the features which engines are left")]
        Engine::Sqlite | Engine::Postgres | Engine::Mysql | Engine::Mariadb => {
            steps.iter().flat_map(Step::statements).map(str::to_owned).collect()
        }
    }
}
