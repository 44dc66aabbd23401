//! A database of a server, whichever it is.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Once;

use fastdjango_core::backend::{Access, Connection};
use fastdjango_core::dialect::{Dialect, of};
use fastdjango_core::field::Engine;
use fastdjango_core::migration::Step;
use fastdjango_core::pair::Pair;
use fastdjango_core::planner::plan;
use fastdjango_core::schema::{ColumnDifference, Difference, compare, lower_all};
use fastdjango_core::settings::{Database, Settings};
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

fn is_of_expressions(difference: &Difference) -> bool {
    use ColumnDifference as C;
    match difference {
        Difference::MissingCheck { .. } | Difference::UnknownCheck { .. } => true,
        Difference::Column { change: C::Generated(sides), .. } => sides.previous.is_some() && sides.next.is_some(),
        Difference::Column { change: C::Default(sides), .. } => {
            sides.next.as_ref().is_some_and(|text| text.starts_with('('))
        }
        Difference::ChangedIndex { indexes, .. } => indexes.next.expression.is_some(),
        _ => false,
    }
}

/// The servers that the environment names: their engines, variables and URLs; an engine without one is said.
#[must_use]
pub fn servers() -> Vec<(Engine, &'static str, String)> {
    static SAID: Once = Once::new();
    let url = |(engine, name): &(Engine, &'static str)| Some((*engine, *name, std::env::var(name).ok()?));
    let found: Vec<_> = VARIABLES.iter().filter_map(url).collect();
    SAID.call_once(|| {
        for engine in [Engine::Postgres, Engine::Mariadb, Engine::Mysql] {
            if !found.iter().any(|(other, ..)| *other == engine) {
                eprintln!("NOT RUN: no {engine} server; `tools/with-servers` starts one");
            }
        }
    });
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

    /// What the models say must be what our own reading of the catalog finds, but for the expressions, which servers print in
    /// words of their own.
    ///
    /// # Errors
    /// The differences.
    pub async fn reads_as(&self, state: &ProjectState) -> Result<(), String> {
        let Live::Mysql(live) = &self.live else { return Ok(()) };
        let env = |name: &str| (name == "DATABASE_URL").then(|| self.url.clone());
        let settings = Settings::parse("", "fastdjango.toml", Path::new(""), &env).unwrap();
        let database = settings.database("default").unwrap().clone();
        let database = Database { engine: self.engine, name: live.name().to_owned(), ..database };
        let mut connection = Connection::open_mysql(&database, Access::Read).await.map_err(|why| why.to_string())?;
        let mut found = connection.introspect().await.map_err(|why| why.to_string())?;
        connection.close().await.map_err(|why| why.to_string())?;
        let mut expected = lower_all(state).map_err(|why| why.to_string())?;
        self.dialect().normalize(&mut found);
        self.dialect().normalize(&mut expected);
        let differences = compare(&expected, &found, self.engine);
        let differences: Vec<&Difference> = differences.iter().filter(|one| !is_of_expressions(one)).collect();
        if differences.is_empty() { Ok(()) } else { Err(format!("the catalog reads otherwise: {differences:#?}")) }
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
