//! What the rows should be: every value of every table, and how a change of models changes them.

use std::collections::BTreeMap;

use fastdjango::sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};

/// A row: each column's value as an SQL literal, so that `1` and `'1'` are two things.
pub(crate) type Row = BTreeMap<String, String>;

/// The rows of every table of the user's, in an order that does not depend on the database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Data(pub(crate) BTreeMap<String, Vec<Row>>);

impl Data {
    /// Everything that a database holds, but for the history and SQLite's own tables.
    pub(crate) async fn read(database: &str) -> Self {
        let mut connection = SqliteConnection::connect(database).await.expect("the database opens");
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
                      AND name NOT LIKE 'fastdjango_%'";
        let mut data = Self::default();
        for table in texts(&mut connection, tables).await {
            let rows = rows(&mut connection, &table).await;
            data.0.insert(table, rows);
        }
        data
    }

    /// How many rows there are in all.
    pub(crate) fn count(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// The rows of a table, to be changed.
    pub(crate) fn table(&mut self, table: &str) -> &mut Vec<Row> {
        self.0.get_mut(table).unwrap_or_else(|| panic!("no table `{table}` is expected"))
    }

    /// A table under another name.
    pub(crate) fn rename_table(&mut self, from: &str, to: &str) {
        let rows = self.0.remove(from).unwrap_or_else(|| panic!("no table `{from}` is expected"));
        self.0.insert(to.to_owned(), rows);
    }

    /// A new table without rows.
    pub(crate) fn add_table(&mut self, table: &str) {
        assert!(self.0.insert(table.to_owned(), Vec::new()).is_none(), "`{table}` was there");
    }

    /// A table goes.
    pub(crate) fn drop_table(&mut self, table: &str) {
        assert!(self.0.remove(table).is_some(), "`{table}` was not there");
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
        let names = |data: &Self| data.0.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(self), names(expected), "{when}: the tables");
        for (table, rows) in &self.0 {
            let wanted = &expected.0[table];
            assert_eq!(rows.len(), wanted.len(), "{when}: the number of rows of `{table}`");
            for (row, wanted) in rows.iter().zip(wanted) {
                assert_eq!(row, wanted, "{when}: a row of `{table}`");
            }
        }
    }
}

/// The one column of a query.
pub(crate) async fn column(database: &str, query: &str) -> Vec<String> {
    texts(&mut SqliteConnection::connect(database).await.expect("the database opens"), query).await
}

async fn texts(connection: &mut SqliteConnection, query: &str) -> Vec<String> {
    let rows = fastdjango::sqlx::query(AssertSqlSafe(query.to_owned())).fetch_all(connection).await;
    rows.expect("a query of the catalog").iter().map(|row| row.get(0)).collect()
}

async fn rows(connection: &mut SqliteConnection, table: &str) -> Vec<Row> {
    let names = texts(connection, &format!("SELECT name FROM pragma_table_info('{table}')")).await;
    let quoted: Vec<String> = names.iter().map(|name| format!("quote(\"{name}\")")).collect();
    let query = format!("SELECT {} FROM \"{table}\"", quoted.join(", "));
    let found = fastdjango::sqlx::query(AssertSqlSafe(query)).fetch_all(connection).await.expect("the rows are read");
    let row = |found: &fastdjango::sqlx::sqlite::SqliteRow| {
        names.iter().enumerate().map(|(i, name)| (name.clone(), found.get(i))).collect()
    };
    let mut rows: Vec<Row> = found.iter().map(row).collect();
    rows.sort();
    rows
}

/// What SQLite itself says of the file: pages and indexes whole, and no row that refers to nothing.
pub(crate) async fn assert_sound(database: &str, when: &str) {
    let mut connection = SqliteConnection::connect(database).await.expect("the database opens");
    assert_eq!(texts(&mut connection, "PRAGMA integrity_check").await, ["ok"], "{when}: the integrity check");
    let orphans = texts(&mut connection, "SELECT \"table\" FROM pragma_foreign_key_check").await;
    assert!(orphans.is_empty(), "{when}: rows of {orphans:?} refer to nothing");
}

/// Runs statements of the user's, foreign keys enforced.
pub(crate) async fn execute(database: &str, statements: &str) {
    let mut connection = SqliteConnection::connect(database).await.expect("the database opens");
    let statements = format!("BEGIN; {statements}; COMMIT");
    fastdjango::sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut connection).await.expect("the statements run");
}

/// Runs a script as it is, into a new database.
pub(crate) async fn execute_script(database: &str, script: &str) {
    let mut connection = SqliteConnection::connect(database).await.expect("the database is made");
    fastdjango::sqlx::raw_sql(AssertSqlSafe(script.to_owned()))
        .execute(&mut connection)
        .await
        .expect("the script runs");
}
