//! A database in a folder of its own, and migrations written by hand.

use std::path::PathBuf;
use std::time::Duration;

use fastdjango_core::backend::{Access, Connection, Direction, Outcome, Progress, RunOptions, Unit};
use fastdjango_core::error::Result;
use fastdjango_core::migration::Step;
use fastdjango_core::name::MigrationRef;
use fastdjango_tests::live;

/// A file that goes away with the test.
pub(crate) struct TestDb {
    folder: tempfile::TempDir,
}

impl TestDb {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A database with tables and rows in it.
    pub(crate) async fn with(sql: &str) -> Self {
        let db = Self::new();
        db.execute(sql).await;
        db
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("db.sqlite3")
    }

    pub(crate) async fn open(&self) -> Connection {
        Connection::open_sqlite(&self.path(), Access::Write).await.expect("the database opens")
    }

    pub(crate) async fn read(&self) -> Connection {
        Connection::open_sqlite(&self.path(), Access::Read).await.expect("the database opens for reading")
    }

    pub(crate) async fn execute(&self, sql: &str) {
        self.open().await.execute(sql).await.expect("the statements run");
    }

    /// The rows of a query, values parted by `|`.
    pub(crate) async fn rows(&self, sql: &str) -> Vec<String> {
        let rows = self.read().await.query(sql).await.expect("the query runs");
        rows.iter().map(|row| live::told(row)).collect()
    }

    pub(crate) async fn apply(&self, name: &str, steps: &[Step]) -> Result<Outcome> {
        self.run(name, steps, Direction::Forward, &options()).await
    }

    pub(crate) async fn revert(&self, name: &str, steps: &[Step]) -> Result<Outcome> {
        self.run(name, steps, Direction::Backward, &options()).await
    }

    pub(crate) async fn run(
        &self,
        name: &str,
        steps: &[Step],
        way: Direction,
        options: &RunOptions,
    ) -> Result<Outcome> {
        self.open().await.run(&unit(name, steps, way), options, &mut |_| ()).await
    }

    /// Every statement that the executor announces.
    pub(crate) async fn statements(&self, name: &str, steps: &[Step]) -> Vec<String> {
        let mut statements = Vec::new();
        let mut collect = |progress| {
            if let Progress::Statement(sql) = progress {
                statements.push(sql);
            }
        };
        let unit = unit(name, steps, Direction::Forward);
        self.open().await.run(&unit, &options(), &mut collect).await.expect("the migration runs");
        statements
    }
}

pub(crate) fn unit<'a>(name: &str, steps: &'a [Step], direction: Direction) -> Unit<'a> {
    Unit {
        migration: MigrationRef::new("blog", name),
        checksum: "checksum",
        text_hash: "text",
        steps,
        functions: &[],
        declared: &[],
        direction,
        requires: &[],
        excludes: &[],
        atomic: true,
        note: "",
    }
}

pub(crate) fn options() -> RunOptions {
    RunOptions { wait: Duration::from_secs(30), ..RunOptions::default() }
}

pub(crate) fn sql(text: &str) -> Step {
    Step::Sql(text.to_owned())
}

pub(crate) fn rebuild(table: &str, statements: &[&str]) -> Step {
    Step::Rebuild { rebuild: table.to_owned(), sql: statements.iter().map(|sql| (*sql).to_owned()).collect() }
}
