//! A database of one's own on each server, and migrations written by hand.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use fastdjango_core::backend::{Access, Connection, Direction, Outcome, Progress, RunOptions, Unit};
use fastdjango_core::error::Result;
use fastdjango_core::field::Engine;
use fastdjango_core::migration::Step;
use fastdjango_core::name::MigrationRef;
use fastdjango_core::settings::{Database, Secret, Settings};
use fastdjango_tests::live;

const SERVERS: [(&str, Engine); 3] = [
    ("FASTDJANGO_TEST_MARIADB_URL", Engine::Mariadb),
    ("FASTDJANGO_TEST_MARIADB_NEWEST_URL", Engine::Mariadb),
    ("FASTDJANGO_TEST_MYSQL_URL", Engine::Mysql),
];

/// A database that goes with its server, or with the next run of the tests.
#[derive(Clone)]
pub(crate) struct TestDb {
    pub(crate) settings: Database,
}

/// One database on each server that there is; said loudly where there is none.
pub(crate) async fn each() -> Vec<TestDb> {
    let mut databases = Vec::new();
    for (variable, engine) in SERVERS {
        match std::env::var(variable) {
            Ok(url) => databases.push(TestDb::new(&url, engine).await),
            Err(_) => eprintln!("\nNOT RUN: no server in {variable}; see tools/with-servers\n"),
        }
    }
    databases
}

/// The settings that a URL stands for.
pub(crate) fn settings(url: &str) -> Database {
    let env = |name: &str| (name == "DATABASE_URL").then(|| url.to_owned());
    let settings = Settings::parse("", "fastdjango.toml", Path::new(""), &env).expect("a URL");
    settings.database("default").expect("a database").clone()
}

impl TestDb {
    async fn new(url: &str, engine: Engine) -> Self {
        Self { settings: Database { engine, ..settings(url) } }.another().await
    }

    /// Another database of the same server.
    pub(crate) async fn another(&self) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("fdj_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut connection = self.open().await;
        let create = format!("CREATE DATABASE {name} CHARACTER SET utf8mb4");
        connection.execute(&create).await.expect("a database of its own");
        connection.close().await.expect("closed");
        Self { settings: Database { name, ..self.settings.clone() } }
    }

    pub(crate) fn is_mariadb(&self) -> bool {
        self.settings.engine == Engine::Mariadb
    }

    /// The same database as another user.
    pub(crate) fn as_user(&self, user: &str) -> Self {
        let user = Some(user.to_owned());
        Self { settings: Database { user, password: Some(Secret::new("x")), ..self.settings.clone() } }
    }

    pub(crate) async fn open(&self) -> Connection {
        Connection::open_mysql(&self.settings, Access::Write).await.expect("the database opens")
    }

    pub(crate) async fn read(&self) -> Connection {
        Connection::open_mysql(&self.settings, Access::Read).await.expect("the database opens for reading")
    }

    pub(crate) async fn execute(&self, sql: &str) {
        self.open().await.execute(sql).await.expect("the statements run");
    }

    /// The rows of a query, values parted by `|`.
    pub(crate) async fn rows(&self, sql: &str) -> Vec<String> {
        let rows = self.read().await.query(sql).await.expect("the query runs");
        rows.iter().map(|row| live::told(row)).collect()
    }

    /// The names of the tables, but for ours.
    pub(crate) async fn tables(&self) -> Vec<String> {
        self.read().await.introspect().await.expect("the schema").tables.into_keys().collect()
    }

    /// The events of the history, as `name event`.
    pub(crate) async fn events(&self) -> Vec<String> {
        let history = self.read().await.history().await.expect("the history");
        history.events.iter().map(|entry| format!("{} {}", entry.migration.name, entry.event)).collect()
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
    RunOptions { wait: Duration::from_mins(1), ..RunOptions::default() }
}

pub(crate) fn sql(text: &str) -> Step {
    Step::Sql(text.to_owned())
}

/// Waits until a query says what is wanted.
pub(crate) async fn until(db: &TestDb, query: &str, wanted: &str) {
    let started = Instant::now();
    let mut connection = db.read().await;
    loop {
        let rows = connection.query(query).await.expect("the query runs");
        if rows.first().and_then(|row| row.first()?.integer()).is_some_and(|found| found.to_string() == wanted) {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "`{query}` is not {wanted}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// How many sessions run a statement that begins like this.
pub(crate) fn running(statement: &str) -> String {
    format!("SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE '{statement}%'")
}

/// Ends the sessions that run a statement that begins like this.
pub(crate) async fn kill(db: &TestDb, statement: &str) {
    let ids =
        format!("SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE '{statement}%'");
    for id in db.rows(&ids).await {
        // It may have ended by itself.
        let _ = db.open().await.execute(&format!("KILL CONNECTION {id}")).await;
    }
}
