//! Quoting of names and texts that are written into our own statements.

/// How a database writes names and texts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spelling {
    /// An identifier.
    pub(super) quote: fn(&str) -> String,
    /// A string literal.
    pub(super) literal: fn(&str) -> String,
}

/// As the standard has it.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(super) const STANDARD: Spelling = Spelling { quote, literal };

/// An identifier. <https://www.sqlite.org/lang_keywords.html>
pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A string literal. <https://www.sqlite.org/lang_expr.html#literal_values_constants_>
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
