//! Quoting of names and texts that are written into our own statements.

/// An identifier. <https://www.sqlite.org/lang_keywords.html>
pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A string literal. <https://www.sqlite.org/lang_expr.html#literal_values_constants_>
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
