//! The catalog read back: every feature that a schema holds.

use std::path::Path;

use fastdjango_core::field::{ColumnType, Default, Deferrable, Literal, OnDelete, Sql};
use fastdjango_core::schema::{CheckExpression, Schema, Table};

use super::harness::{TestDb, sql};

async fn schema(db: &TestDb) -> Schema {
    db.read().await.introspect().await.expect("the catalog reads")
}

async fn table(sql: &str, name: &str) -> Table {
    schema(&TestDb::with(sql).await).await.tables.remove(name).expect("the table")
}

#[tokio::test]
async fn columns_say_everything() {
    let table = table(
        "CREATE TABLE t (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, name varchar(20) COLLATE NOCASE NOT NULL DEFAULT 'it''s',\
         price numeric(10,2) DEFAULT 0.50, made timestamp DEFAULT CURRENT_TIMESTAMP, note text, \
         twice integer GENERATED ALWAYS AS (id * 2) VIRTUAL, thrice integer AS (id * 3) STORED)",
        "t",
    )
    .await;
    let column = |name: &str| table.column(name).expect("the column");
    assert_eq!(table.primary_key, ["id"]);
    assert!(column("id").auto && !column("id").null);
    assert_eq!(column("name").ty, ColumnType::Varchar(20));
    assert_eq!(column("name").collation, Some(Sql::any("NOCASE")));
    assert_eq!(column("name").default, Some(Default::Value(Literal::Text("it's".into()))));
    assert_eq!(column("price").default, Some(Default::Value(Literal::Text("0.50".into()))));
    assert_eq!(column("made").default, Some(Default::Sql { sql: Sql::any("CURRENT_TIMESTAMP") }));
    assert!(column("note").null && column("note").default.is_none());
    let generated = |name: &str| column(name).generated.clone().map(|g| (g.expression.to_string(), g.stored));
    assert_eq!(generated("twice"), Some(("id * 2".to_owned(), false)));
    assert_eq!(generated("thrice"), Some(("id * 3".to_owned(), true)));
    assert_eq!(column("thrice").ty, ColumnType::Integer);
}

#[tokio::test]
async fn keys_say_everything() {
    let table = table(
        "CREATE TABLE one (a integer, b integer, PRIMARY KEY (b, a));\
         CREATE TABLE t (x integer CONSTRAINT self REFERENCES t (Y) ON DELETE SET NULL, y integer UNIQUE,\
         a integer, b integer, CONSTRAINT pair UNIQUE (a, y),\
         CONSTRAINT both FOREIGN KEY (b, a) REFERENCES ONE ON UPDATE CASCADE ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED)",
        "t",
    )
    .await;
    assert_eq!(table.primary_key, [""; 0]);
    let [own, both] = table.foreign_keys.as_slice() else { panic!("two keys") };
    assert_eq!((own.name.as_deref(), own.to_columns.join(",")), (Some("self"), "y".into()));
    assert_eq!((own.on_delete, own.on_update, own.deferrable), (OnDelete::SetNull, OnDelete::NoAction, None));
    assert_eq!((both.name.as_deref(), both.to_table.as_str()), (Some("both"), "one"));
    assert_eq!((both.columns.join(","), both.to_columns.join(",")), ("b,a".into(), "b,a".into()));
    assert_eq!((both.on_delete, both.on_update), (OnDelete::Restrict, OnDelete::Cascade));
    assert_eq!(both.deferrable, Some(Deferrable::Deferred));
    let uniques: Vec<_> = table.uniques.iter().map(|u| (u.name.as_deref(), u.columns.join(","))).collect();
    assert_eq!(uniques, [(None, "y".into()), (Some("pair"), "a,y".into())]);
    assert!(table.indexes.is_empty());
}

#[tokio::test]
async fn checks_and_indexes_say_everything() {
    let table = table(
        "CREATE TABLE t (a integer CHECK (a >= 0), b text, CONSTRAINT choice CHECK (b IN ('x', 'y)')));\
         CREATE INDEX plain ON t (b, a DESC);\
         CREATE UNIQUE INDEX part ON t (a) WHERE b IS NOT NULL;\
         CREATE INDEX expr ON t (lower(b), a);",
        "t",
    )
    .await;
    let checks: Vec<_> = table.checks.iter().map(|check| (check.name.as_deref(), check.expression.clone())).collect();
    let sql = |text: &str| CheckExpression::Sql(Sql::any(text));
    assert_eq!(checks, [(None, sql("a >= 0")), (Some("choice"), sql("b IN ('x', 'y)')"))]);
    let [expr, part, plain] = table.indexes.as_slice() else { panic!("three indexes") };
    assert_eq!(expr.expression, Some(Sql::any("lower(b), a")));
    assert!(part.unique && part.condition == Some(Sql::any("b IS NOT NULL")));
    let columns: Vec<_> = plain.columns.iter().map(|column| (column.name.as_str(), column.descending)).collect();
    assert_eq!(columns, [("b", false), ("a", true)]);
}

#[tokio::test]
async fn the_tables_of_others_are_left_out() {
    let db = TestDb::with(
        "CREATE TABLE t (id integer PRIMARY KEY AUTOINCREMENT); CREATE VIRTUAL TABLE words USING fts5(text);\
         CREATE VIEW v AS SELECT id FROM t; CREATE TRIGGER g AFTER DELETE ON t BEGIN SELECT 1; END; CREATE TABLE fastdjangos (x);",
    )
    .await;
    db.apply("0001_a", &[sql("SELECT 1")]).await.expect("the history is made");
    let names: Vec<String> = schema(&db).await.tables.into_keys().collect();
    assert_eq!(names, ["fastdjangos", "t"]);
    let objects = db.read().await.objects().await.expect("triggers and views");
    let objects: Vec<_> = objects.iter().map(|o| (o.kind.as_str(), o.name.as_str(), o.table.as_str())).collect();
    assert_eq!(objects, [("view", "v", "v"), ("trigger", "g", "t")]);
}

#[tokio::test]
async fn names_of_every_spelling_read_back() {
    let table = table(
        "CREATE TABLE [odd \"] (\"a\"\"b\" integer, `c d` text, 'e' text, [select] text, UNIQUE (\"a\"\"b\", `c d`))",
        "odd \"",
    )
    .await;
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["a\"b", "c d", "e", "select"]);
    assert_eq!(table.uniques[0].columns, ["a\"b", "c d"]);
}

#[tokio::test]
async fn chinook_reads_whole() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/chinook/Chinook_Sqlite.sql");
    let near = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/chinook/Chinook_Sqlite.sql");
    let Ok(text) = std::fs::read_to_string(near).or_else(|_| std::fs::read_to_string(file)) else {
        eprintln!("SKIPPED: chinook_reads_whole needs Chinook_Sqlite.sql beside the project, and it is not there");
        return;
    };
    let db = TestDb::new();
    let mut connection = db.open().await;
    let text = text.trim_start_matches('\u{feff}');
    connection.execute(&format!("BEGIN;{text};COMMIT")).await.expect("Chinook loads");
    let schema = connection.introspect().await.expect("Chinook reads");
    assert_eq!(schema.tables.len(), 11);
    assert_eq!(schema.tables.values().map(|table| table.foreign_keys.len()).sum::<usize>(), 11);
    assert_eq!(schema.tables["PlaylistTrack"].primary_key, ["PlaylistId", "TrackId"]);
    assert_eq!(schema.tables["Track"].column("UnitPrice").expect("a price").ty, ColumnType::Numeric(10, 2));
    assert_eq!(connection.count_rows("Track").await.expect("a count"), 3503);
}
