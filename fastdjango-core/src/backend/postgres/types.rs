//! The names of types in the catalog, as column types.

use crate::field::ColumnType;

/// Reads what `format_type` writes; a type that has no word of its own stays as the server writes it.
///
/// <https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-CATALOG>
pub(super) fn parse_type(text: &str) -> ColumnType {
    if let Some(element) = text.strip_suffix("[]") {
        return ColumnType::Array(Box::new(parse_type(element)));
    }
    match text {
        "boolean" => ColumnType::Boolean,
        "smallint" => ColumnType::SmallInt,
        "integer" => ColumnType::Integer,
        "bigint" => ColumnType::BigInt,
        "real" => ColumnType::Real,
        "double precision" => ColumnType::Double,
        "text" => ColumnType::Text,
        "bytea" => ColumnType::Binary,
        "uuid" => ColumnType::Uuid,
        "date" => ColumnType::Date,
        "time without time zone" => ColumnType::Time,
        "timestamp without time zone" => ColumnType::Timestamp,
        "timestamp with time zone" => ColumnType::TimestampTz,
        "jsonb" => ColumnType::Json,
        "inet" => ColumnType::Inet,
        _ => sized(text).unwrap_or_else(|| ColumnType::Custom(text.to_owned())),
    }
}

fn sized(text: &str) -> Option<ColumnType> {
    let (name, rest) = text.split_once('(')?;
    let numbers: Vec<u32> = rest.strip_suffix(')')?.split(',').map(|n| n.parse().ok()).collect::<Option<_>>()?;
    match (name, numbers[..].as_ref()) {
        ("character varying", &[length]) => Some(ColumnType::Varchar(length)),
        ("numeric", &[digits, places]) => Some(ColumnType::Numeric(digits, places)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_read_as_the_catalog_writes_them() {
        for (text, want) in [
            ("character varying(200)", "varchar(200)"),
            ("character varying", "custom(character varying)"),
            ("character(3)", "custom(character(3))"),
            ("numeric(10,2)", "numeric(10,2)"),
            ("numeric", "custom(numeric)"),
            ("numeric(3,-2)", "custom(numeric(3,-2))"),
            ("timestamp with time zone", "timestamptz"),
            ("timestamp(3) with time zone", "custom(timestamp(3) with time zone)"),
            ("text[]", "text[]"),
            ("character varying(3)[]", "varchar(3)[]"),
            ("jsonb", "json"),
            ("json", "custom(json)"),
            ("shop.\"Mood\"", "custom(shop.\"Mood\")"),
        ] {
            assert_eq!(parse_type(text).to_string(), want);
        }
    }
}
