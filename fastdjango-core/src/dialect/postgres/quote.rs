//! The one place that quotes.

use crate::name::split_table;

/// A name as an identifier: <https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS>.
#[must_use]
pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A table as an identifier, with its schema: <https://www.postgresql.org/docs/current/ddl-schemas.html>.
#[must_use]
pub(super) fn quote_table(table: &str) -> String {
    beside(table, split_table(table).1)
}

/// What is in the schema of a table, such as its index; without a schema it is found by the search path.
#[must_use]
pub(super) fn beside(table: &str, name: &str) -> String {
    split_table(table).0.map_or_else(|| quote(name), |schema| format!("{}.{}", quote(schema), quote(name)))
}
