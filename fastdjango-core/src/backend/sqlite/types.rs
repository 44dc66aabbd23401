//! Stand-in for `crate::dialect::sqlite::types`, to be replaced by it and deleted.

use crate::field::ColumnType;

/// The type that a declared type stands for.
pub(super) fn parse(declared: &str) -> ColumnType {
    let lower = declared.trim().to_ascii_lowercase();
    let known =
        lower.strip_suffix("_text").unwrap_or(&lower).replace("nvarchar", "varchar").replace("datetime", "timestamp");
    known.parse().unwrap_or_else(|_| ColumnType::Custom(declared.to_owned()))
}
