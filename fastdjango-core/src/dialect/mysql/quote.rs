//! The one place that quotes.

/// A name as an identifier: <https://dev.mysql.com/doc/refman/8.0/en/identifiers.html>.
#[must_use]
pub(super) fn quote(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}
