//! Quoting as `MySQL` and `MariaDB` have it, under the `sql_mode` that every session of ours sets.

use crate::backend::names::Spelling;

/// How names and texts are written.
pub(in crate::backend) const SPELLING: Spelling = Spelling { quote, literal };

/// An identifier. <https://dev.mysql.com/doc/refman/8.4/en/identifiers.html>
pub(super) fn quote(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A string literal, in which a backslash escapes. <https://dev.mysql.com/doc/refman/8.4/en/string-literals.html>
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}
