//! What a database says of its tables, in one form for the store's own script and for ours.

use std::collections::{BTreeMap, BTreeSet};

use fastdjango::sqlx::sqlite::SqliteRow;
use fastdjango::sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};
use fastdjango_core::field::ColumnType;

/// The tables, by name.
pub(crate) type Catalog = BTreeMap<String, Table>;

/// A table without the names of its constraints and indexes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    columns: Vec<Column>,
    foreign_keys: BTreeSet<Vec<String>>,
    indexes: BTreeSet<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Column {
    name: String,
    ty: ColumnType,
    required: bool,
    default: Option<String>,
    place_in_key: i64,
}

/// Reads the catalog through SQLite's own pragmas, not through the library.
pub(crate) async fn read(database: &str) -> Catalog {
    let mut connection = SqliteConnection::connect(database).await.expect("the database opens");
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
                  AND name NOT LIKE 'fastdjango_%'";
    let mut catalog = Catalog::new();
    for row in query(&mut connection, tables.to_owned()).await {
        let name: String = row.get(0);
        let columns = columns(&mut connection, &name).await;
        let foreign_keys = foreign_keys(&mut connection, &name).await;
        let indexes = indexes(&mut connection, &name).await;
        catalog.insert(name, Table { columns, foreign_keys, indexes });
    }
    catalog
}

/// Compares table by table; the order of columns does not count, since a column that comes back comes last.
#[track_caller]
pub(crate) fn assert_is(found: &Catalog, expected: &Catalog, when: &str) {
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{when}: the tables");
    for (name, table) in found {
        assert_eq!(table.clone().sorted(), expected[name].clone().sorted(), "{when}: the table `{name}`");
    }
}

impl Table {
    fn sorted(mut self) -> Self {
        self.columns.sort();
        self
    }
}

async fn query(connection: &mut SqliteConnection, sql: String) -> Vec<SqliteRow> {
    fastdjango::sqlx::query(AssertSqlSafe(sql)).fetch_all(connection).await.expect("a query of the catalog")
}

async fn columns(connection: &mut SqliteConnection, table: &str) -> Vec<Column> {
    let sql = format!("SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info('{table}')");
    let column = |row: &SqliteRow| Column {
        name: row.get(0),
        ty: column_type(row.get(1)),
        required: row.get::<i64, _>(2) != 0,
        default: row.get(3),
        place_in_key: row.get(4),
    };
    query(connection, sql).await.iter().map(column).collect()
}

/// The one type behind the spellings: `NVARCHAR(160)` is `varchar(160)`, `DATETIME` and `timestamp_text` are `timestamp`.
fn column_type(declared: &str) -> ColumnType {
    let lower = declared.to_lowercase().replace(", ", ",");
    let ours = lower.strip_prefix('n').filter(|rest| rest.starts_with("varchar")).unwrap_or(&lower);
    let ours = if ours == "datetime" { "timestamp" } else { ours.trim_end_matches("_text") };
    ours.parse().unwrap_or_else(|_| ColumnType::Custom(declared.to_owned()))
}

async fn foreign_keys(connection: &mut SqliteConnection, table: &str) -> BTreeSet<Vec<String>> {
    let sql = format!(
        "SELECT group_concat(\"from\"), \"table\", group_concat(\"to\"), on_delete, on_update \
         FROM (SELECT * FROM pragma_foreign_key_list('{table}') ORDER BY id, seq) GROUP BY id"
    );
    query(connection, sql).await.iter().map(|row| (0..5).map(|i| row.get(i)).collect()).collect()
}

/// Each index as its columns in order, then `unique` and `partial`; the key's own, which only one of the two spellings has, apart.
async fn indexes(connection: &mut SqliteConnection, table: &str) -> BTreeSet<Vec<String>> {
    let list = format!("SELECT name, \"unique\", partial FROM pragma_index_list('{table}') WHERE origin <> 'pk'");
    let mut indexes = BTreeSet::new();
    for row in query(connection, list).await {
        let name: String = row.get(0);
        let sql = format!(
            "SELECT coalesce(name, 'an expression') || iif(\"desc\", ' descending', '') \
             FROM pragma_index_xinfo('{name}') WHERE key ORDER BY seqno"
        );
        let mut index: Vec<String> = query(connection, sql).await.iter().map(|row| row.get(0)).collect();
        let facts = [("unique", row.get::<i64, _>(1)), ("partial", row.get(2))];
        index.extend(facts.into_iter().filter(|(_, holds)| *holds != 0).map(|(fact, _)| fact.to_owned()));
        indexes.insert(index);
    }
    indexes
}
