//! A database that the executor runs steps on.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Mutex;

use fastdjango_core::backend::{Access, Connection, Direction, RunOptions, Unit};
use fastdjango_core::ddl::Statement;
use fastdjango_core::diagnostic::Diagnostics;
use fastdjango_core::dialect::{Dialect, Sqlite};
use fastdjango_core::error::Error;
use fastdjango_core::field::Engine;
use fastdjango_core::migration::{Step, rebuilt};
use fastdjango_core::name::MigrationRef;
use fastdjango_core::pair::Pair;
use fastdjango_core::planner::plan;
use fastdjango_core::schema::{Schema, Table, compare, lower_all};
use fastdjango_core::state::ProjectState;

use super::catalog::{catalog, shown};
use super::tongue::{columns_of, concatenated, literal_of, orphans, quoted, quoted_table, spoken, text_type};
use super::{Place, Server};
use crate::generate::answer_all;

/// A database of its own, and a connection to it.
pub struct Live {
    server: Server,
    place: Place,
    pub(super) connection: Connection,
    runs: usize,
}

impl Live {
    /// An empty database.
    pub async fn new(server: &Server) -> Self {
        let place = server.database().await;
        let connection = place.open(Access::Write).await;
        let mut live = Self { server: server.clone(), place, connection, runs: 0 };
        live.hurry().await;
        live
    }

    /// What kind of database it is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.server.engine()
    }

    /// How SQL is rendered for it.
    #[must_use]
    pub fn dialect(&self) -> &'static dyn Dialect {
        self.server.dialect()
    }

    /// The database goes; a server's would stay.
    pub async fn remove(self) {
        self.connection.close().await.unwrap();
        self.place.remove().await;
    }

    /// A test outlives no power failure. An error closes the connection, and what `SQLite` was told is then gone.
    async fn hurry(&mut self) {
        if self.engine() == Engine::Sqlite {
            self.connection.execute("PRAGMA synchronous = OFF").await.unwrap();
        }
    }

    /// Runs statements of the test's own.
    ///
    /// # Errors
    /// What the database says.
    pub async fn run(&mut self, sql: &str) -> Result<(), String> {
        if sql.trim().is_empty() {
            return Ok(());
        }
        let result = self.connection.execute(&spoken(self.engine(), sql)).await.map_err(|e| e.to_string());
        if result.is_err() {
            self.hurry().await;
        }
        result
    }

    /// The rows of a query, each value as text; NULL is empty.
    pub async fn texts(&mut self, sql: &str) -> Vec<Vec<String>> {
        super::texts(&mut self.connection, sql).await
    }

    /// The one value of a query, as text.
    pub async fn text(&mut self, sql: &str) -> String {
        self.texts(&format!("SELECT CAST(({sql}) AS {})", text_type(self.engine()))).await.remove(0).remove(0)
    }

    /// Runs the steps of a migration, made for the state, with the executor; afterwards every foreign key holds.
    ///
    /// # Errors
    /// The executor's.
    pub async fn steps(&mut self, before: &ProjectState, steps: &[Step]) -> Result<(), Error> {
        self.runs += 1;
        let rebuilt = rebuilt(steps);
        let mut declared = checked(before).tables;
        declared.retain(|name, _| rebuilt.contains(name));
        let declared: Vec<Table> = declared.into_values().collect();
        self.hurry().await;
        let unit = Unit {
            migration: MigrationRef::new("blog", format!("{:04}", self.runs)),
            checksum: "",
            text_hash: "",
            steps,
            functions: &[],
            declared: &declared,
            direction: Direction::Forward,
            requires: &[],
            excludes: &[],
            atomic: true,
            note: "",
        };
        self.connection.run(&unit, &RunOptions::default(), &mut |_| ()).await?;
        if let Some(orphans) = orphans(self.engine()) {
            assert_eq!(self.connection.query(orphans).await?.len(), 0, "foreign keys hold");
        }
        Ok(())
    }

    /// Creates every table of the state as it stands, without a history.
    pub async fn create(&mut self, state: &ProjectState) {
        self.make(&statements(&self.server, state)).await;
    }

    /// Runs statements of the planner's, as they are.
    async fn make(&mut self, statements: &str) {
        if !statements.is_empty() {
            self.connection.execute(statements).await.unwrap();
        }
    }

    /// The database must be what the models say, and what a fresh one of them would be: no drift, and the same catalog.
    ///
    /// # Errors
    /// What differs.
    pub async fn like_fresh(&mut self, state: &ProjectState) -> Result<(), String> {
        let drift = self.drift(state).await;
        if !drift.is_empty() {
            return Err(format!("the models say otherwise: {}", drift.join("; ")));
        }
        let (schema, there) = fresh(&self.server, state).await;
        let drift = self.unlike(state, schema).await;
        if !drift.is_empty() {
            return Err(format!("drift: {}", drift.join("; ")));
        }
        let here = self.catalog().await;
        if here == there {
            return Ok(());
        }
        Err(format!("the catalog\n{here}is not that of a fresh database\n{there}{}", self.schema().await))
    }

    /// How the database differs from the state, in words. A server writes expressions in words of its own, so there it is compared
    /// with what the server made of the state.
    async fn unlike(&mut self, state: &ProjectState, fresh: Schema) -> Vec<String> {
        let mut expected = if self.engine() == Engine::Sqlite { lower_all(state).unwrap() } else { fresh };
        let mut found = self.connection.introspect().await.unwrap();
        let dialect = self.dialect();
        dialect.normalize(&mut expected);
        dialect.normalize(&mut found);
        compare(&expected, &found, self.engine()).iter().map(ToString::to_string).collect()
    }

    /// Tables, columns, keys, checks and indexes, in an order that does not depend on how they came.
    pub async fn catalog(&mut self) -> String {
        let mut text = String::new();
        for table in self.shown().await {
            let definition = self.texts(&format!("SHOW CREATE TABLE {}", quoted(self.engine(), &table))).await;
            text += &shown(&table, &definition[0][1]);
        }
        for sql in catalog(self.engine()) {
            for row in self.texts(sql).await {
                text += &row[0];
                text.push('\n');
            }
        }
        text
    }

    /// The tables that say themselves what they are.
    async fn shown(&mut self) -> BTreeSet<String> {
        match self.engine() {
            Engine::Sqlite | Engine::Postgres => BTreeSet::new(),
            engine @ (Engine::Mysql | Engine::Mariadb) => {
                self.texts(columns_of(engine)).await.into_iter().map(|mut row| row.remove(0)).collect()
            }
        }
    }

    /// The statements that made the database, where it keeps them.
    pub async fn schema(&mut self) -> String {
        if self.engine() != Engine::Sqlite {
            return String::new();
        }
        self.text("SELECT group_concat(sql, ';' || char(10)) FROM sqlite_schema").await
    }

    /// Every row of every table, by column, as the database writes its values; in no order that a plan could change.
    pub async fn dump(&mut self) -> BTreeMap<String, Vec<String>> {
        let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let engine = self.engine();
        for row in self.texts(columns_of(engine)).await {
            tables.entry(row[0].clone()).or_default().push(row[1].clone());
        }
        let mut dump = BTreeMap::new();
        for (table, columns) in tables {
            let value =
                |column: &String| [literal(column), literal("="), literal_of(engine, &table, column), literal(", ")];
            let values: Vec<String> = columns.iter().flat_map(value).collect();
            let sql =
                format!("SELECT {} FROM {} ORDER BY 1", concatenated(engine, &values), quoted_table(engine, &table));
            dump.insert(table, self.texts(&sql).await.into_iter().map(|mut row| row.remove(0)).collect());
        }
        dump
    }
}

/// The schema as a database without types of its own has it.
fn checked(state: &ProjectState) -> Schema {
    let mut schema = lower_all(state).unwrap();
    schema.check_enums();
    schema
}

/// What makes everything of the state at once.
fn statements(server: &Server, state: &ProjectState) -> String {
    match server.engine() {
        Engine::Sqlite => tables(state).join(";\n"),
        // There, a table can refer only to one that is there already.
        Engine::Postgres | Engine::Mysql | Engine::Mariadb => planned(server.dialect(), state).unwrap().join(";\n"),
    }
}

fn tables(state: &ProjectState) -> Vec<String> {
    let mut statements = Vec::new();
    for table in checked(state).tables.into_values() {
        let (name, indexes) = (table.name.clone(), table.indexes.clone());
        statements.push(Sqlite::DEFAULT.render(&Statement::CreateTable(Box::new(table))));
        statements.extend(indexes.into_iter().map(|index| {
            Sqlite::DEFAULT.render(&Statement::CreateIndex { table: name.clone(), index: Box::new(index) })
        }));
    }
    statements
}

fn planned(dialect: &dyn Dialect, state: &ProjectState) -> Result<Vec<String>, Diagnostics> {
    let (mut now, mut statements) = (ProjectState::default(), Vec::new());
    for migration in answer_all(Pair::new(&ProjectState::default(), state)).migrations {
        let planned = plan(&migration.app, &migration.operations, &now, dialect)?;
        statements.extend(planned.up.iter().flat_map(Step::statements).map(str::to_owned));
        for operation in &migration.operations {
            operation.apply(&migration.app, &mut now).unwrap();
        }
    }
    Ok(statements)
}

impl Server {
    /// True where its dialect has everything of the state.
    #[must_use]
    pub fn can_have(&self, state: &ProjectState) -> bool {
        planned(self.dialect(), state).is_ok()
    }
}

/// A fresh database as the library reads it, and its catalog; the same statements make the same one, so each is made once.
async fn fresh(server: &Server, state: &ProjectState) -> (Schema, String) {
    static KNOWN: Mutex<BTreeMap<String, (Schema, String)>> = Mutex::new(BTreeMap::new());
    let statements = statements(server, state);
    let key = format!("{}\n{statements}", server.name);
    let known = KNOWN.lock().unwrap().get(&key).cloned();
    if let Some(known) = known {
        return known;
    }
    let mut live = Live::new(server).await;
    live.make(&statements).await;
    let fresh = (live.connection.introspect().await.unwrap(), live.catalog().await);
    live.remove().await;
    KNOWN.lock().unwrap().insert(key, fresh.clone());
    fresh
}

/// A text as SQL.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Runs a future to its end on this thread.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}
