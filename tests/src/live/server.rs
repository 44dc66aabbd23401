//! The servers that there are, and a database of one's own on each of them.

use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fastdjango_core::backend::{Access, Connection};
use fastdjango_core::dialect::{Dialect, targeting};
use fastdjango_core::error::Error;
use fastdjango_core::field::Engine;
use fastdjango_core::settings::{Database, Settings};
use tempfile::TempDir;

use super::tongue::{dialect, quoted, spoken};

/// What makes databases: a server that the environment names, or `SQLite`, which is always there.
#[derive(Clone, Debug)]
pub struct Server {
    /// `sqlite`, or the variable that names the server.
    pub name: &'static str,
    /// Its database that is there from the beginning.
    settings: Database,
}

/// A server that is older than what is rendered for where the settings name no target.
const OLDEST: &str = "FASTDJANGO_TEST_POSTGRES_OLDEST_URL";

/// A server of which there is an older one that does the same.
const NEWER: &str = "FASTDJANGO_TEST_MARIADB_NEWEST_URL";

/// The variables of the servers; `tools/with-servers` sets them.
const VARIABLES: [(Engine, &str); 6] = [
    (Engine::Postgres, "FASTDJANGO_TEST_POSTGRES_URL"),
    (Engine::Postgres, "FASTDJANGO_TEST_POSTGRES_NEWEST_URL"),
    (Engine::Postgres, OLDEST),
    (Engine::Mariadb, "FASTDJANGO_TEST_MARIADB_URL"),
    (Engine::Mariadb, NEWER),
    (Engine::Mysql, "FASTDJANGO_TEST_MYSQL_URL"),
];

/// `SQLite`, and every server that the environment names and that runs what is rendered for it without a target.
#[must_use]
pub fn servers() -> Vec<Server> {
    let mut servers = servers_of_any_age();
    servers.retain(|server| !server.is_old());
    servers
}

/// The same, and the older ones: what they run is rendered by [`Server::dialect`].
#[must_use]
pub fn servers_of_any_age() -> Vec<Server> {
    let mut servers = vec![Server::sqlite()];
    for engine in [Engine::Postgres, Engine::Mariadb, Engine::Mysql] {
        servers.extend(Server::all_of(engine));
    }
    servers
}

impl Server {
    /// Files in folders of their own.
    #[must_use]
    pub fn sqlite() -> Self {
        Self { name: "sqlite", settings: Database::new(Engine::Sqlite, "db.sqlite3") }
    }

    /// Every server of the engine that the environment names; said loudly where there is none.
    fn all_of(engine: Engine) -> Vec<Self> {
        let names = VARIABLES.into_iter().filter(|(of, _)| *of == engine);
        let found: Vec<Self> = names.filter_map(|(_, name)| Some(Self::of(name, &std::env::var(name).ok()?))).collect();
        if found.is_empty() {
            eprintln!("\nNOT RUN: no {engine} server; `tools/with-servers` starts one\n");
        }
        found
    }

    /// The server of a variable and its URL; that of a `MariaDB` may say `mysql`, and the variable knows better.
    #[must_use]
    pub fn of(name: &'static str, url: &str) -> Self {
        let env = |name: &str| (name == "DATABASE_URL").then(|| url.to_owned());
        let settings = Settings::without_file(Path::new(""), &env).expect("a URL");
        let mut settings = settings.database("default").expect("a database").clone();
        if let Some((engine, _)) = VARIABLES.iter().find(|(_, variable)| *variable == name) {
            settings.engine = *engine;
        }
        Self { name, settings }
    }

    /// What kind of server it is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.settings.engine
    }

    /// True where it is older than what is rendered for without a target.
    #[must_use]
    pub fn is_old(&self) -> bool {
        self.name == OLDEST
    }

    /// True where a part of what runs on the other servers of its engine is enough.
    #[must_use]
    pub fn is_further(&self) -> bool {
        self.name == OLDEST || self.name == NEWER
    }

    /// How SQL is rendered for it.
    #[must_use]
    pub fn dialect(&self) -> &'static dyn Dialect {
        static OLD: LazyLock<Box<dyn Dialect>> =
            LazyLock::new(|| targeting(Engine::Postgres, Engine::Postgres.targets().oldest));
        if self.is_old() { OLD.as_ref() } else { dialect(self.engine()) }
    }

    /// Waits for a server that has just been started, a minute at most.
    pub async fn answers(&self) {
        for _ in 0..600 {
            match connect(&self.settings, Access::Write).await {
                Ok(connection) => return connection.close().await.expect("closed"),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
        panic!("{}: no answer", self.name);
    }

    /// An empty database.
    pub async fn database(&self) -> Place {
        self.made_from("template0").await
    }

    /// A database that begins as another one; nobody may be connected to that.
    async fn made_from(&self, template: &str) -> Place {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let server = self.clone();
        let name = format!("fdj_live_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        match self.engine() {
            Engine::Sqlite => {
                let folder = TempDir::new().expect("a folder for the database");
                let settings = Database::sqlite("db.sqlite3", folder.path());
                Place { server, settings, _folder: Some(folder) }
            }
            Engine::Postgres => {
                // The quickest way to a database: https://www.postgresql.org/docs/current/sql-createdatabase.html
                let strategy = if server.is_old() { "" } else { "STRATEGY FILE_COPY" };
                let create = format!("CREATE DATABASE {name} TEMPLATE {template} {strategy}");
                self.execute(&create).await;
                let settings = Database { name, ..self.settings.clone() };
                Place { server, settings, _folder: None }
            }
            Engine::Mysql | Engine::Mariadb => {
                // A database of the server's own defaults: what matters stands in the statements.
                self.execute(&format!("CREATE DATABASE {name} CHARACTER SET latin1")).await;
                let settings = Database { name, ..self.settings.clone() };
                Place { server, settings, _folder: None }
            }
        }
    }

    /// Runs a statement beside the databases of the tests.
    async fn execute(&self, sql: &str) {
        let mut connection = open(&self.settings, Access::Write).await;
        connection.execute(sql).await.unwrap_or_else(|why| panic!("{sql}: {why}"));
        connection.close().await.expect("closed");
    }
}

/// A database of a test's own.
#[derive(Debug)]
pub struct Place {
    server: Server,
    settings: Database,
    _folder: Option<TempDir>,
}

impl Place {
    /// Where it is, as the settings of a project say it.
    #[must_use]
    pub fn settings(&self) -> &Database {
        &self.settings
    }

    /// What kind of database it is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.settings.engine
    }

    /// Where it is, as `DATABASE_URL` says it.
    #[must_use]
    pub fn url(&self) -> String {
        let Database { name, user, host, port, file, .. } = &self.settings;
        match self.settings.engine {
            Engine::Sqlite => format!("sqlite://{}", file.as_deref().unwrap_or(Path::new(name)).display()),
            engine @ (Engine::Postgres | Engine::Mysql | Engine::Mariadb) => {
                let password =
                    self.settings.password.as_ref().map_or(String::new(), |word| format!(":{}", word.reveal()));
                let at = |part: &Option<String>| part.clone().unwrap_or_default();
                let port = port.map_or(String::new(), |port| format!(":{port}"));
                let tls = self.settings.sslmode.as_ref().map_or(String::new(), |mode| format!("?sslmode={mode}"));
                format!("{engine}://{}{password}@{}{port}/{name}{tls}", at(user), at(host))
            }
        }
    }

    /// A connection of the library's.
    pub async fn open(&self, access: Access) -> Connection {
        open(&self.settings, access).await
    }

    /// Runs statements of a test's own, which quote names by `"`.
    pub async fn execute(&self, sql: &str) {
        let mut connection = self.open(Access::Write).await;
        connection
            .execute(&spoken(self.engine(), sql))
            .await
            .unwrap_or_else(|why| panic!("{why}: {}", sql.chars().take(300).collect::<String>()));
        connection.close().await.expect("closed");
    }

    /// The rows of a query, each value as text; NULL is empty.
    pub async fn texts(&self, sql: &str) -> Vec<Vec<String>> {
        let mut connection = self.open(Access::Read).await;
        let rows = super::texts(&mut connection, sql).await;
        connection.close().await.expect("closed");
        rows
    }

    /// Waits until nobody else is connected: a server goes on for a moment for a client that was killed.
    pub async fn alone(&self) {
        let others = match self.engine() {
            Engine::Sqlite => return,
            Engine::Postgres => {
                "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            }
            Engine::Mysql | Engine::Mariadb => {
                "SELECT CAST(count(*) AS char) FROM information_schema.processlist WHERE db = database() AND id <> connection_id()"
            }
        };
        let mut connection = self.open(Access::Read).await;
        while super::texts(&mut connection, others).await[0][0] != "0" {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        connection.close().await.expect("closed");
    }

    /// Another database that holds the same; nobody may be connected to this one.
    pub async fn copy(&self) -> Self {
        let copy = self.server.made_from(&self.settings.name).await;
        match self.engine() {
            Engine::Sqlite => {
                let (from, to) = (self.settings.file.as_ref(), copy.settings.file.as_ref());
                std::fs::copy(from.expect("a file"), to.expect("a file")).expect("a copy of the database");
            }
            // The server made it of its template.
            Engine::Postgres => {}
            Engine::Mysql | Engine::Mariadb => self.fill(&copy).await,
        }
        copy
    }

    /// Table by table: no server of this kind copies a database.
    async fn fill(&self, copy: &Self) {
        let names = "SELECT table_name FROM information_schema.tables WHERE table_schema = database() ORDER BY 1";
        let (mut here, mut there) = (self.open(Access::Read).await, copy.open(Access::Write).await);
        let mut statements = vec!["SET foreign_key_checks = 0".to_owned()];
        for name in super::texts(&mut here, names).await {
            let table = quoted(self.engine(), &name[0]);
            let definition = super::texts(&mut here, &format!("SHOW CREATE TABLE {table}")).await.remove(0).remove(1);
            statements.push(definition);
            statements.push(format!("INSERT INTO {table} SELECT * FROM {}.{table}", self.settings.name));
        }
        there.execute(&statements.join(";\n")).await.unwrap_or_else(|why| panic!("{why}"));
        here.close().await.expect("closed");
        there.close().await.expect("closed");
    }

    /// The database goes, with whoever is connected; without this it goes with its server.
    pub async fn remove(self) {
        match self.engine() {
            Engine::Sqlite => {}
            Engine::Postgres => {
                let name = &self.settings.name;
                // `WITH (FORCE)` came with 13.
                let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname";
                self.server.execute(&format!("{others} = '{name}'")).await;
                self.server.execute(&format!("DROP DATABASE {name}")).await;
            }
            Engine::Mysql | Engine::Mariadb => {
                self.server.execute(&format!("DROP DATABASE {}", self.settings.name)).await;
            }
        }
    }
}

async fn open(settings: &Database, access: Access) -> Connection {
    connect(settings, access).await.unwrap_or_else(|why| panic!("{}: {why}", settings.describe()))
}

async fn connect(settings: &Database, access: Access) -> Result<Connection, Error> {
    match settings.engine {
        Engine::Sqlite => {
            let file = settings.file.as_deref().unwrap_or(Path::new(&settings.name));
            Connection::open_sqlite(file, access).await
        }
        Engine::Postgres => Connection::open_postgres(settings, access).await,
        Engine::Mysql | Engine::Mariadb => Connection::open_mysql(settings, access).await,
    }
}
