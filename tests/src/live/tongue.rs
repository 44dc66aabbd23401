//! How each engine says what the tests ask: names, and values as literals in one form for all.

use fastdjango_core::backend::{Connection, Value};
use fastdjango_core::dialect::{Dialect, Postgres, Sqlite};
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

/// The same literal as a statement may have it.
#[must_use]
pub(super) fn as_sql(engine: Engine, literal: &str) -> String {
    match (engine, literal.strip_prefix("X'")) {
        // `X''` would be a string of bits.
        (Engine::Postgres, Some(bytes)) => format!("'\\x{bytes}"),
        (Engine::Sqlite | Engine::Postgres | Engine::Mysql | Engine::Mariadb, _) => literal.to_owned(),
    }
}

/// Asks for the tables and columns of the user's, those of the history and of the engine apart.
#[must_use]
pub fn columns_of(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_xinfo(t.name) c WHERE t.type = 'table' \
             AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.name NOT LIKE 'fastdjango\\_%' ESCAPE '\\' ORDER BY 1, 2"
        }
        Engine::Postgres => {
            "SELECT table_name::text, column_name::text FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name NOT LIKE 'fastdjango\\_%' ORDER BY 1, 2"
        }
        engine @ (Engine::Mysql | Engine::Mariadb) => unimplemented!("the columns of {engine}"),
    }
}

/// Asks for rows that refer to nothing, where the engine does not see to it itself.
pub(super) fn orphans(engine: Engine) -> Option<&'static str> {
    match engine {
        Engine::Sqlite => Some("PRAGMA foreign_key_check"),
        Engine::Postgres | Engine::Mysql | Engine::Mariadb => None,
    }
}

/// The dialect of an engine.
#[must_use]
pub fn dialect(engine: Engine) -> &'static dyn Dialect {
    match engine {
        Engine::Sqlite => &Sqlite,
        Engine::Postgres => &Postgres,
        engine @ (Engine::Mysql | Engine::Mariadb) => unimplemented!("the dialect of {engine}"),
    }
}

/// A statement that inserts a row where the table takes it, and is done where it does not.
pub(super) fn lenient(engine: Engine, insert: &str) -> String {
    match engine {
        Engine::Sqlite => insert.replacen("INSERT", "INSERT OR IGNORE", 1),
        Engine::Postgres => format!("DO $row$ BEGIN {insert}; EXCEPTION WHEN OTHERS THEN NULL; END $row$"),
        engine @ (Engine::Mysql | Engine::Mariadb) => unimplemented!("a row of {engine}"),
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
