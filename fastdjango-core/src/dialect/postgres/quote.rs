//! The one place that quotes.

/// A name as an identifier: <https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS>.
#[must_use]
pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Names as a list in parentheses.
#[cfg(feature = "render")]
pub(super) fn quote_all(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| quote(name)).collect();
    format!("({})", names.join(", "))
}
