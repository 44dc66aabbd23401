//! The names of types in the catalog, as column types.

use crate::field::{ColumnType, Engine};

/// Reads what the server writes; a type that has no word of its own stays as it is.
pub(super) fn parse_type(_: Engine, text: &str) -> ColumnType {
    let (name, rest) = text.split_once('(').unwrap_or((text, ""));
    let numbers: Vec<u32> = rest.trim_end_matches(')').split(',').filter_map(|n| n.parse().ok()).collect();
    match (name, numbers[..].as_ref()) {
        ("tinyint", [1]) => ColumnType::Boolean,
        ("smallint", _) if !text.contains(' ') => ColumnType::SmallInt,
        ("int", _) if !text.contains(' ') => ColumnType::Integer,
        ("bigint", _) if !text.contains(' ') => ColumnType::BigInt,
        ("varchar", &[length]) => ColumnType::Varchar(length),
        ("longtext", []) => ColumnType::Text,
        ("decimal", &[digits, places]) => ColumnType::Numeric(digits, places),
        ("datetime", [6]) => ColumnType::Timestamp,
        ("json", []) => ColumnType::Json,
        _ => ColumnType::Custom(text.to_owned()),
    }
}
