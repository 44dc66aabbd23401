//! How each engine says what the tests ask: names, and values as literals in one form for all.

use fastdjango_core::backend::{Connection, Value};
use fastdjango_core::dialect::{Dialect, Mysql, Postgres, Sqlite};
use fastdjango_core::field::{ColumnType, Engine};
use fastdjango_core::name::split_table;

use super::database::literal;

/// A name as SQL.
#[must_use]
pub fn quoted(engine: Engine, name: &str) -> String {
    match engine {
        Engine::Sqlite | Engine::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
        Engine::Mysql | Engine::Mariadb => format!("`{}`", name.replace('`', "``")),
    }
}

/// A table as SQL: on `PostgreSQL`, `shop.order` is a table of a schema.
#[must_use]
pub fn quoted_table(engine: Engine, table: &str) -> String {
    match split_table(table) {
        (Some(schema), name) if engine == Engine::Postgres => {
            format!("{}.{}", quoted(engine, schema), quoted(engine, name))
        }
        _ => quoted(engine, table),
    }
}

/// An expression that writes the value of a column as a literal: `1` and `'1'` are two things, and so are `''` and `NULL`.
///
/// Numbers are bare, truth is `1` or `0`, bytes are `X'00'`, and everything else is a text in quotes, as SQLite's `quote()` has it.
#[must_use]
pub fn literal_of(engine: Engine, table: &str, column: &str) -> String {
    let name = column;
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
        // No value can be asked for its type there, so the catalog is.
        Engine::Mysql | Engine::Mariadb => format!(
            "CASE WHEN {column} IS NULL THEN 'NULL' ELSE CASE (SELECT data_type FROM information_schema.columns \
             WHERE table_schema = database() AND table_name = {} AND column_name = {}) \
             WHEN 'tinyint' THEN CAST({column} AS char) WHEN 'smallint' THEN CAST({column} AS char) \
             WHEN 'int' THEN CAST({column} AS char) WHEN 'bigint' THEN CAST({column} AS char) \
             WHEN 'decimal' THEN CAST({column} AS char) WHEN 'float' THEN CAST({column} AS char) \
             WHEN 'double' THEN CAST({column} AS char) WHEN 'longblob' THEN concat('X''', hex({column}), '''') \
             WHEN 'datetime' THEN concat('''', trim(TRAILING '.000000' FROM CAST({column} AS char)), '''') \
             WHEN 'time' THEN concat('''', trim(TRAILING '.000000' FROM CAST({column} AS char)), '''') \
             ELSE concat('''', replace(CAST({column} AS char), '''', ''''''), '''') END END",
            as_sql(engine, &literal(table)),
            as_sql(engine, &literal(name)),
        ),
    }
}

/// Statements whose names are in `"`, with the engine's own quotes; what is in a text stays as it is.
#[must_use]
pub fn spoken(engine: Engine, sql: &str) -> String {
    match engine {
        Engine::Sqlite | Engine::Postgres => sql.to_owned(),
        Engine::Mysql | Engine::Mariadb => {
            let parts = sql.split('\'').enumerate();
            let parts = parts.map(|(at, part)| if at % 2 == 0 { part.replace('"', "`") } else { part.to_owned() });
            parts.collect::<Vec<_>>().join("'")
        }
    }
}

/// The type of texts in a cast.
pub(super) fn text_type(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite | Engine::Postgres => "text",
        Engine::Mysql | Engine::Mariadb => "char",
    }
}

/// Texts, one after the other.
pub(super) fn concatenated(engine: Engine, texts: &[String]) -> String {
    match engine {
        Engine::Sqlite | Engine::Postgres => texts.join(" || "),
        Engine::Mysql | Engine::Mariadb => format!("concat({})", texts.join(", ")),
    }
}

/// True of two values that are not the same, NULL being one.
pub(super) fn differ(engine: Engine, one: &str, other: &str) -> String {
    match engine {
        Engine::Sqlite | Engine::Postgres => format!("{one} IS DISTINCT FROM ({other})"),
        Engine::Mysql | Engine::Mariadb => format!("NOT ({one} <=> ({other}))"),
    }
}

/// An expression as a column of the type keeps it: there, a division has decimals, and a whole number is the nearest one.
pub(super) fn as_stored(engine: Engine, expression: &str, ty: Option<&ColumnType>) -> String {
    match (engine, ty) {
        (Engine::Mysql | Engine::Mariadb, Some(ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt)) => {
            format!("round({expression})")
        }
        (Engine::Mysql | Engine::Mariadb, Some(ColumnType::Numeric(_, scale))) => {
            format!("round({expression}, {scale})")
        }
        (Engine::Sqlite | Engine::Postgres | Engine::Mysql | Engine::Mariadb, _) => expression.to_owned(),
    }
}

/// The same literal as a statement may have it.
#[must_use]
pub(super) fn as_sql(engine: Engine, literal: &str) -> String {
    match (engine, literal.strip_prefix("X'")) {
        // `X''` would be a string of bits.
        (Engine::Postgres, Some(bytes)) => format!("'\\x{bytes}"),
        // There, a backslash begins something else.
        (Engine::Mysql | Engine::Mariadb, None) => literal.replace('\\', "\\\\"),
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
            "SELECT CASE table_schema WHEN 'public' THEN '' ELSE table_schema || '.' END || table_name, column_name::text \
             FROM information_schema.columns \
             WHERE table_schema !~ '^(pg_|information_schema)' AND table_name NOT LIKE 'fastdjango\\_%' ORDER BY 1, 2"
        }
        Engine::Mysql | Engine::Mariadb => {
            "SELECT table_name, column_name FROM information_schema.columns \
             WHERE table_schema = database() AND table_name NOT LIKE 'fastdjango\\_%' ORDER BY 1, 2"
        }
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
        Engine::Sqlite => &Sqlite::DEFAULT,
        Engine::Postgres => &Postgres::DEFAULT,
        Engine::Mysql => &Mysql::MYSQL,
        Engine::Mariadb => &Mysql::MARIADB,
    }
}

/// A statement that inserts a row where the table takes it, and is done where it does not.
pub(super) fn lenient(engine: Engine, insert: &str) -> String {
    match engine {
        Engine::Sqlite => insert.replacen("INSERT", "INSERT OR IGNORE", 1),
        Engine::Postgres => format!("DO $row$ BEGIN {insert}; EXCEPTION WHEN OTHERS THEN NULL; END $row$"),
        Engine::Mysql | Engine::Mariadb => insert.replacen("INSERT", "INSERT IGNORE", 1),
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

/// A row as a test reads it: its values parted by `|`.
#[must_use]
pub fn told(row: &[Value]) -> String {
    let text = |value: &Value| match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Bytes(bytes) => format!("{bytes:?}"),
    };
    row.iter().map(text).collect::<Vec<_>>().join("|")
}
