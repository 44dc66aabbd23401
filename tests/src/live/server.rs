//! A database of a server, whichever it is.

use std::collections::BTreeMap;

use fastdjango_core::dialect::{Dialect, of};
use fastdjango_core::field::Engine;
use fastdjango_core::migration::Step;
use fastdjango_core::pair::Pair;
use fastdjango_core::planner::plan;
use fastdjango_core::state::ProjectState;

use super::{MyLive, PgLive};
use crate::generate::answer_all;

/// A database of its own on a server of the environment.
pub struct Server {
    engine: Engine,
    url: String,
    live: Live,
}

enum Live {
    Postgres(PgLive),
    Mysql(MyLive),
}

const VARIABLES: [(Engine, &str); 4] = [
    (Engine::Postgres, "FASTDJANGO_TEST_POSTGRES_URL"),
    (Engine::Postgres, "FASTDJANGO_TEST_POSTGRES_NEWEST_URL"),
    (Engine::Mariadb, "FASTDJANGO_TEST_MARIADB_URL"),
    (Engine::Mysql, "FASTDJANGO_TEST_MYSQL_URL"),
];

/// The servers that the environment names: their engines, variables and URLs; an engine without one is said.
#[must_use]
pub fn servers() -> Vec<(Engine, &'static str, String)> {
    let url = |(engine, name): &(Engine, &'static str)| Some((*engine, *name, std::env::var(name).ok()?));
    let found: Vec<_> = VARIABLES.iter().filter_map(url).collect();
    for engine in [Engine::Postgres, Engine::Mariadb, Engine::Mysql] {
        if !found.iter().any(|(other, ..)| *other == engine) {
            eprintln!("NOT RUN: no {engine} server; `tools/with-servers` starts one");
        }
    }
    found
}

impl Server {
    /// An empty database on the server.
    pub async fn new(engine: Engine, url: &str) -> Self {
        let live = match engine {
            Engine::Postgres => Live::Postgres(PgLive::new(url).await),
            Engine::Mysql | Engine::Mariadb => Live::Mysql(MyLive::new(url).await),
            Engine::Sqlite => panic!("SQLite has no server"),
        };
        Self { engine, url: url.to_owned(), live }
    }

    /// How it writes and reads.
    #[must_use]
    pub fn dialect(&self) -> &'static dyn Dialect {
        of(self.engine).unwrap()
    }

    /// Runs one statement.
    ///
    /// # Errors
    /// What the server says.
    pub async fn run(&mut self, sql: &str) -> Result<(), String> {
        match &mut self.live {
            Live::Postgres(live) => live.run(sql).await,
            Live::Mysql(live) => live.run(sql).await,
        }
    }

    /// The rows of a query, each value as text; NULL is empty.
    pub async fn texts(&mut self, sql: &str) -> Vec<Vec<String>> {
        match &mut self.live {
            Live::Postgres(live) => live.texts(sql).await,
            Live::Mysql(live) => live.texts(sql).await,
        }
    }

    /// Runs steps; in one transaction, where that holds them.
    ///
    /// # Errors
    /// What the server says, or what a verification found.
    pub async fn steps(&mut self, steps: &[Step]) -> Result<(), String> {
        match &mut self.live {
            Live::Postgres(live) => live.steps(steps).await,
            Live::Mysql(live) => live.steps(steps).await,
        }
    }

    /// Makes everything of the state at once.
    pub async fn create(&mut self, state: &ProjectState) {
        let nothing = ProjectState::default();
        let mut now = nothing.clone();
        for migration in answer_all(Pair::new(&nothing, state)).migrations {
            let planned = plan(&migration.app, &migration.operations, &now, self.dialect()).unwrap();
            self.steps(&planned.up).await.unwrap();
            for operation in &migration.operations {
                operation.apply(&migration.app, &mut now).unwrap();
            }
        }
    }

    /// The catalog must be that of a fresh database of the state.
    ///
    /// # Errors
    /// Both catalogs, where they differ.
    pub async fn like_fresh(&mut self, state: &ProjectState) -> Result<(), String> {
        let mut fresh = Self::new(self.engine, &self.url).await;
        fresh.create(state).await;
        let (here, there) = (self.catalog().await, fresh.catalog().await);
        fresh.gone().await;
        if here == there { Ok(()) } else { Err(format!("the catalog\n{here}is not that of a fresh database\n{there}")) }
    }

    /// Columns, constraints, indexes and comments as the server prints them, in no order of their making.
    pub async fn catalog(&mut self) -> String {
        match &mut self.live {
            Live::Postgres(live) => live.catalog().await,
            Live::Mysql(live) => live.catalog().await,
        }
    }

    /// Every row of every table, by column, as text.
    pub async fn dump(&mut self) -> BTreeMap<String, Vec<String>> {
        match &mut self.live {
            Live::Postgres(live) => live.dump().await,
            Live::Mysql(live) => live.dump().await,
        }
    }

    /// Drops the database, where that costs nothing: a private server takes them all with it.
    async fn gone(self) {
        if let Live::Mysql(live) = self.live {
            live.gone().await;
        }
    }
}
