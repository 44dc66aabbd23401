//! What the rows should be: every value of every table, and how a change of models changes them.

use std::collections::BTreeMap;
use std::fmt;

use fastdjango_core::backend::Access;
use fastdjango_core::field::Engine;
use fastdjango_tests::live::{Place, columns_of, literal_of, quoted, texts};

/// A row: each column's value as an SQL literal, so that `1` and `'1'` are two things.
pub(crate) type Row = BTreeMap<String, String>;

/// The rows of every table of the user's, in an order that does not depend on the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Data {
    /// Whose literals they are.
    pub(crate) engine: Engine,
    tables: BTreeMap<String, Vec<Row>>,
}

impl Data {
    /// Everything that a database holds, but for the history and the engine's own tables.
    pub(crate) async fn read(place: &Place) -> Self {
        let (engine, mut connection) = (place.engine(), place.open(Access::Read).await);
        let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for mut row in texts(&mut connection, columns_of(engine)).await {
            names.entry(row.swap_remove(0)).or_default().push(row.swap_remove(0));
        }
        let mut tables = BTreeMap::new();
        for (table, columns) in names {
            let values: Vec<String> = columns.iter().map(|column| literal_of(engine, &table, column)).collect();
            let query = format!("SELECT {} FROM {}", values.join(", "), quoted(engine, &table));
            let found = texts(&mut connection, &query).await;
            let mut rows: Vec<Row> = found.into_iter().map(|row| columns.iter().cloned().zip(row).collect()).collect();
            rows.sort();
            tables.insert(table, rows);
        }
        connection.close().await.expect("closed");
        Self { engine, tables }
    }

    /// How many rows there are in all.
    pub(crate) fn count(&self) -> usize {
        self.tables.values().map(Vec::len).sum()
    }

    /// The rows of a table, to be changed.
    pub(crate) fn table(&mut self, table: &str) -> &mut Vec<Row> {
        self.tables.get_mut(table).unwrap_or_else(|| panic!("no table `{table}` is expected"))
    }

    /// A table under another name.
    pub(crate) fn rename_table(&mut self, from: &str, to: &str) {
        let rows = self.tables.remove(from).unwrap_or_else(|| panic!("no table `{from}` is expected"));
        self.tables.insert(to.to_owned(), rows);
    }

    /// A new table without rows.
    pub(crate) fn add_table(&mut self, table: &str) {
        assert!(self.tables.insert(table.to_owned(), Vec::new()).is_none(), "`{table}` was there");
    }

    /// A table goes.
    pub(crate) fn drop_table(&mut self, table: &str) {
        assert!(self.tables.remove(table).is_some(), "`{table}` was not there");
    }

    /// A column under another name.
    pub(crate) fn rename_column(&mut self, table: &str, from: &str, to: &str) {
        for row in self.table(table) {
            let value = row.remove(from).unwrap_or_else(|| panic!("no column `{table}.{from}` is expected"));
            row.insert(to.to_owned(), value);
        }
        self.sort(table);
    }

    /// A new column that holds one value.
    pub(crate) fn add_column(&mut self, table: &str, column: &str, value: &str) {
        for row in self.table(table) {
            assert!(row.insert(column.to_owned(), value.to_owned()).is_none(), "`{table}.{column}` was there");
        }
        self.sort(table);
    }

    /// A column goes.
    pub(crate) fn drop_column(&mut self, table: &str, column: &str) {
        for row in self.table(table) {
            assert!(row.remove(column).is_some(), "`{table}.{column}` was not there");
        }
        self.sort(table);
    }

    /// Another value in a column.
    pub(crate) fn map(&mut self, table: &str, column: &str, value: impl Fn(&str) -> String) {
        for row in self.table(table) {
            let old = row.get_mut(column).unwrap_or_else(|| panic!("no column `{table}.{column}` is expected"));
            *old = value(old);
        }
        self.sort(table);
    }

    /// NULLs of a column become a value.
    pub(crate) fn fill(&mut self, table: &str, column: &str, value: &str) {
        self.map(table, column, |old| if old == "NULL" { value.to_owned() } else { old.to_owned() });
    }

    fn sort(&mut self, table: &str) {
        self.table(table).sort();
    }

    /// Compares table by table, so that a difference is read in one row and not in fifteen thousand.
    #[track_caller]
    pub(crate) fn assert_is(&self, expected: &Self, when: &str) {
        let names = |data: &Self| data.tables.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(self), names(expected), "{when}: the tables");
        for (table, rows) in &self.tables {
            let wanted = &expected.tables[table];
            assert_eq!(rows.len(), wanted.len(), "{when}: the number of rows of `{table}`");
            for (row, wanted) in rows.iter().zip(wanted) {
                assert_eq!(row, wanted, "{when}: a row of `{table}`");
            }
        }
    }
}

/// A line for each table, and one for each of its rows: every column with its value.
impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (table, rows) in &self.tables {
            writeln!(f, "{table}: {} rows", rows.len())?;
            for row in rows {
                let values: Vec<String> = row.iter().map(|(column, value)| format!("{column}={value}")).collect();
                writeln!(f, "  {}", values.join(", "))?;
            }
        }
        Ok(())
    }
}

/// What the engine itself says of its files: pages and indexes whole, and no row that refers to nothing.
fn troubles(engine: Engine) -> &'static [&'static str] {
    match engine {
        Engine::Sqlite => &[
            "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
            "SELECT \"table\" FROM pragma_foreign_key_check",
        ],
        Engine::Postgres => &[
            "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT (indisvalid AND indisready AND indislive)",
            "SELECT conname::text FROM pg_constraint WHERE NOT convalidated",
        ],
        // A server keeps its own files, and lets no row refer to nothing.
        Engine::Mysql | Engine::Mariadb => &[],
    }
}

/// Nothing is broken or half done.
pub(crate) async fn assert_sound(place: &Place, when: &str) {
    for question in troubles(place.engine()) {
        let found = place.texts(question).await;
        assert!(found.is_empty(), "{when}: {found:?}");
    }
}

/// Runs statements of the user's at once, foreign keys enforced.
pub(crate) async fn execute(place: &Place, statements: &str) {
    let statements = statements.trim_end().trim_end_matches(';');
    place.execute(&format!("BEGIN; {statements}; COMMIT")).await;
}
