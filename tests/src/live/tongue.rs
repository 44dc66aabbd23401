//! How each engine says what the tests ask: names, and values as literals in one form for all.

use fastdjango_core::backend::{Connection, Value};
use fastdjango_core::field::Engine;

/// A name as SQL.
#[must_use]
pub fn quoted(engine: Engine, name: &str) -> String {
    match engine {
        Engine::Sqlite | Engine::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
        Engine::Mysql | Engine::Mariadb => format!("`{}`", name.replace('`', "``")),
    }
}

/// An expression that writes the value of a column as a literal: `1` and `'1'` are two things, and so are `''` and `NULL`.
///
/// Numbers are bare, truth is `1` or `0`, bytes are `X'00'`, and everything else is a text in quotes, as SQLite's `quote()` has it.
#[must_use]
pub fn literal_of(engine: Engine, column: &str) -> String {
    let column = quoted(engine, column);
    match engine {
        Engine::Sqlite => format!("quote({column})"),
        // The type is asked of the value, so that nobody has to know it before.
        Engine::Postgres => format!(
            "CASE WHEN {column} IS NULL THEN 'NULL' \
             WHEN pg_typeof({column}) IN ('smallint'::regtype, 'integer', 'bigint', 'numeric', 'real', 'double precision') \
             THEN {column}::text \
             WHEN pg_typeof({column}) = 'boolean'::regtype THEN CASE {column}::text WHEN 'true' THEN '1' ELSE '0' END \
             WHEN pg_typeof({column}) = 'bytea'::regtype THEN 'X''' || upper(substr({column}::text, 3)) || '''' \
             ELSE '''' || replace({column}::text, '''', '''''') || '''' END"
        ),
        engine @ (Engine::Mysql | Engine::Mariadb) => unimplemented!("the values of {engine}"),
    }
}

/// The rows of a query, each value as text; NULL is empty.
///
/// # Panics
/// Where the database refuses the query.
pub async fn texts(connection: &mut Connection, sql: &str) -> Vec<Vec<String>> {
    let rows = connection.query(sql).await.unwrap_or_else(|why| panic!("{sql}: {why}"));
    let text = |value: Value| match value {
        Value::Text(text) => text,
        Value::Integer(number) => number.to_string(),
        Value::Null | Value::Real(_) | Value::Bytes(_) => String::new(),
    };
    rows.into_iter().map(|row| row.into_iter().map(text).collect()).collect()
}
