//! The one place that quotes.

/// A name as an identifier: <https://www.sqlite.org/lang_keywords.html>.
#[must_use]
pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
