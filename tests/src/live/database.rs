//! A file of `SQLite` that the executor runs steps on.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Mutex;

use fastdjango_core::backend::{Access, Connection, Direction, RunOptions, Unit, Value};
use fastdjango_core::ddl::Statement;
use fastdjango_core::dialect::{Dialect, Sqlite};
use fastdjango_core::error::Error;
use fastdjango_core::field::Engine;
use fastdjango_core::migration::{Step, rebuilt};
use fastdjango_core::name::MigrationRef;
use fastdjango_core::schema::{Schema, Table, compare, lower_all};
use fastdjango_core::state::ProjectState;

use super::catalog::CATALOG;

/// A database in a folder of its own.
pub struct Live {
    connection: Connection,
    runs: usize,
    _folder: tempfile::TempDir,
}

impl Live {
    /// An empty database.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection::open_sqlite(&folder.path().join("db.sqlite3"), Access::Write).await.unwrap();
        let mut live = Self { connection, runs: 0, _folder: folder };
        live.hurry().await;
        live
    }

    /// A test outlives no power failure. An error closes the connection, and the pragma is then gone.
    async fn hurry(&mut self) {
        self.connection.execute("PRAGMA synchronous = OFF").await.unwrap();
    }

    /// Runs statements of the test's own.
    ///
    /// # Errors
    /// What the database says.
    pub async fn run(&mut self, sql: &str) -> Result<(), String> {
        let result = self.connection.execute(sql).await.map_err(|e| e.to_string());
        if result.is_err() {
            self.hurry().await;
        }
        result
    }

    /// The rows of a query, each value as text; NULL is empty.
    pub async fn texts(&mut self, sql: &str) -> Vec<Vec<String>> {
        let rows = self.connection.query(sql).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
        let text = |value: Value| match value {
            Value::Text(text) => text,
            Value::Integer(number) => number.to_string(),
            Value::Null | Value::Real(_) | Value::Bytes(_) => String::new(),
        };
        rows.into_iter().map(|row| row.into_iter().map(text).collect()).collect()
    }

    /// The one value of a query, as text.
    pub async fn text(&mut self, sql: &str) -> String {
        self.texts(&format!("SELECT CAST(({sql}) AS text)")).await.remove(0).remove(0)
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
            declared: &declared,
            direction: Direction::Forward,
            requires: &[],
            excludes: &[],
            atomic: true,
            note: "",
        };
        self.connection.run(&unit, &RunOptions::default(), &mut |_| ()).await?;
        let violations = self.connection.query("PRAGMA foreign_key_check").await?;
        assert_eq!(violations.len(), 0, "foreign keys hold");
        Ok(())
    }

    /// Creates every table of the state as it stands, without a history.
    pub async fn create(&mut self, state: &ProjectState) {
        self.run(&statements(state)).await.unwrap();
    }

    /// The database must be what a fresh one of the state would be: no drift, and the same catalog.
    ///
    /// # Errors
    /// What differs.
    pub async fn like_fresh(&mut self, state: &ProjectState) -> Result<(), String> {
        let drift = self.drift(state).await;
        if !drift.is_empty() {
            return Err(format!("drift: {}", drift.join("; ")));
        }
        let (here, there) = (self.catalog().await, fresh_catalog(&statements(state)).await);
        if here == there {
            return Ok(());
        }
        Err(format!("the catalog\n{here}is not that of a fresh database\n{there}{}", self.schema().await))
    }

    /// How the database differs from the state, in words.
    async fn drift(&mut self, state: &ProjectState) -> Vec<String> {
        let (mut expected, mut found) = (lower_all(state).unwrap(), self.connection.introspect().await.unwrap());
        Sqlite.normalize(&mut expected);
        Sqlite.normalize(&mut found);
        compare(&expected, &found, Engine::Sqlite).iter().map(ToString::to_string).collect()
    }

    /// Tables, columns, keys, checks and indexes, in an order that does not depend on how they came.
    pub async fn catalog(&mut self) -> String {
        let mut text = String::new();
        for sql in CATALOG {
            for row in self.texts(sql).await {
                text += &row[0];
                text.push('\n');
            }
        }
        text
    }

    /// The statements that made the database, as it keeps them.
    pub async fn schema(&mut self) -> String {
        self.text("SELECT group_concat(sql, ';' || char(10)) FROM sqlite_schema").await
    }

    /// Every row of every table, by column, as the database writes its values; in no order that a plan could change.
    pub async fn dump(&mut self) -> BTreeMap<String, Vec<String>> {
        let columns = "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_xinfo(t.name) c WHERE t.type = 'table' \
            AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.name NOT LIKE 'fastdjango\\_%' ESCAPE '\\' ORDER BY 1, 2";
        let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in self.texts(columns).await {
            tables.entry(row[0].clone()).or_default().push(row[1].clone());
        }
        let mut dump = BTreeMap::new();
        for (table, columns) in tables {
            let values: Vec<String> =
                columns.iter().map(|c| format!("{} || '=' || quote({})", literal(c), quote(c))).collect();
            let sql = format!("SELECT {} FROM {} ORDER BY 1", values.join(" || ', ' || "), quote(&table));
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

/// What makes every table of the state at once.
fn statements(state: &ProjectState) -> String {
    let mut statements = Vec::new();
    for table in checked(state).tables.into_values() {
        let (name, indexes) = (table.name.clone(), table.indexes.clone());
        statements.push(Sqlite.render(&Statement::CreateTable(Box::new(table))));
        statements.extend(
            indexes
                .into_iter()
                .map(|index| Sqlite.render(&Statement::CreateIndex { table: name.clone(), index: Box::new(index) })),
        );
    }
    statements.join(";\n")
}

/// The catalog of a fresh database; the same statements make the same one, so each is made once.
async fn fresh_catalog(statements: &str) -> String {
    static KNOWN: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());
    let known = KNOWN.lock().unwrap().get(statements).cloned();
    if let Some(catalog) = known {
        return catalog;
    }
    let mut fresh = Live::new().await;
    fresh.run(statements).await.unwrap();
    let catalog = fresh.catalog().await;
    KNOWN.lock().unwrap().insert(statements.to_owned(), catalog.clone());
    catalog
}

/// A name as SQL.
pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as SQL.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Runs a future to its end on this thread.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}
