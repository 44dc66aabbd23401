//! Declared types: what we write, and what `information_schema` says of them.
//!
//! <https://dev.mysql.com/doc/refman/8.0/en/data-types.html>, <https://mariadb.com/kb/en/data-types/>

use crate::dialect::Capabilities;
use crate::field::ColumnType;
use crate::schema::Column;

/// The most characters of an address or network: eight groups of a mapped address, and three digits behind a slash.
const INET_CHARACTERS: u32 = 49;

/// The declared type of a column.
///
/// A moment is a `datetime` in UTC: a `timestamp` ends in 2038, and reads otherwise in every session's zone.
#[must_use]
pub(super) fn column_type(ty: &ColumnType, facts: &Capabilities) -> String {
    match ty {
        ColumnType::Boolean
        | ColumnType::SmallInt
        | ColumnType::BigInt
        | ColumnType::Double
        | ColumnType::Varchar(_)
        // Refused when planned, unless the field has a `db_type`.
        | ColumnType::Opaque { .. } => ty.to_string(),
        ColumnType::Integer => "int".to_owned(),
        ColumnType::Real => "float".to_owned(),
        // An enum is a shorter text by the time it is rendered.
        ColumnType::Text | ColumnType::Enum(_) => "longtext".to_owned(),
        ColumnType::Binary => "longblob".to_owned(),
        ColumnType::Uuid if facts.uuid_type => "uuid".to_owned(),
        ColumnType::Uuid => "char(36)".to_owned(),
        ColumnType::Numeric(precision, scale) => format!("decimal({precision},{scale})"),
        ColumnType::Date => "date".to_owned(),
        ColumnType::Time => "time(6)".to_owned(),
        ColumnType::Timestamp | ColumnType::TimestampTz => "datetime(6)".to_owned(),
        ColumnType::Inet => format!("varchar({INET_CHARACTERS})"),
        // An array was refused when planned; the text only keeps this function total.
        ColumnType::Json | ColumnType::Array(_) => "json".to_owned(),
        ColumnType::Custom(name) => name.clone(),
    }
}

/// The type that a declared type stands for; what none of ours is stays as it was written.
#[must_use]
pub(super) fn parse(declared: &str, facts: &Capabilities) -> ColumnType {
    let text = declared.trim();
    let lower = text.to_lowercase();
    let (name, arguments) = split(&lower);
    match (name, arguments.as_slice()) {
        ("tinyint", [1]) | ("boolean" | "bool", []) => ColumnType::Boolean,
        // A width is only how a client pads: https://dev.mysql.com/doc/refman/8.0/en/numeric-type-attributes.html
        ("smallint", [] | [_]) => ColumnType::SmallInt,
        ("int" | "integer", [] | [_]) => ColumnType::Integer,
        ("bigint", [] | [_]) => ColumnType::BigInt,
        ("float", []) => ColumnType::Real,
        ("double" | "double precision" | "real", []) => ColumnType::Double,
        ("varchar", [length]) => ColumnType::Varchar(*length),
        ("longtext", []) => ColumnType::Text,
        ("longblob", []) => ColumnType::Binary,
        ("uuid", []) if facts.uuid_type => ColumnType::Uuid,
        ("char", [36]) if !facts.uuid_type => ColumnType::Uuid,
        ("decimal" | "numeric", []) => ColumnType::Numeric(10, 0),
        ("decimal" | "numeric", [precision]) => ColumnType::Numeric(*precision, 0),
        ("decimal" | "numeric", [precision, scale]) => ColumnType::Numeric(*precision, *scale),
        ("date", []) => ColumnType::Date,
        ("time", [6]) => ColumnType::Time,
        ("datetime", [6]) => ColumnType::Timestamp,
        ("json", []) => ColumnType::Json,
        _ => ColumnType::Custom(text.to_owned()),
    }
}

/// The type that a column has in the catalog.
pub(super) fn effective_type(column: &Column, facts: &Capabilities) -> ColumnType {
    let own = column.db_type.as_ref().and_then(|sql| sql.for_engine(facts.engine));
    own.map_or_else(|| parse(&column_type(&column.ty, facts), facts), |own| parse(own, facts))
}

/// True for a type whose default is an expression, also where it is a literal, and that no key has without a length.
///
/// <https://dev.mysql.com/doc/refman/8.0/en/data-type-defaults.html>
pub(super) fn is_long(ty: &ColumnType) -> bool {
    match ty {
        // Of a type that nobody here knows, too: an expression is right for every one.
        ColumnType::Text
        | ColumnType::Binary
        | ColumnType::Json
        | ColumnType::Enum(_)
        | ColumnType::Array(_)
        | ColumnType::Custom(_)
        | ColumnType::Opaque { .. } => true,
        ColumnType::Boolean
        | ColumnType::SmallInt
        | ColumnType::Integer
        | ColumnType::BigInt
        | ColumnType::Real
        | ColumnType::Double
        | ColumnType::Varchar(_)
        | ColumnType::Uuid
        | ColumnType::Numeric(..)
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::Timestamp
        | ColumnType::TimestampTz
        | ColumnType::Inet => false,
    }
}

/// True for whole numbers, decimals and floating-point numbers.
pub(super) fn is_number(ty: &ColumnType) -> bool {
    use ColumnType as T;
    matches!(ty, T::SmallInt | T::Integer | T::BigInt | T::Real | T::Double | T::Numeric(..))
}

/// `decimal(10,2)` is the name `decimal` and the arguments 10 and 2.
fn split(declared: &str) -> (&str, Vec<u32>) {
    let Some((name, rest)) = declared.split_once('(') else { return (declared, Vec::new()) };
    let arguments: Option<Vec<u32>> = rest
        .strip_suffix(')')
        .and_then(|inside| inside.split(',').map(|argument| argument.trim().parse().ok()).collect());
    match arguments {
        Some(arguments) => (name.trim_end(), arguments),
        None => (declared, Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::{MARIADB, MYSQL};

    #[test]
    fn every_type_reads_back() {
        let names = "boolean smallint integer bigint real double varchar(9) text binary uuid numeric(10,2) date time timestamp json \
                     custom(geometry) custom(mediumtext) custom(tinyint) custom(datetime) custom(timestamp)";
        for facts in [&MYSQL, &MARIADB] {
            for name in names.split(' ') {
                let ty: ColumnType = name.parse().expect("a type of the list");
                assert_eq!(parse(&column_type(&ty, facts), facts), ty);
            }
        }
    }

    #[test]
    fn what_the_catalog_says_is_understood() {
        for (declared, ty) in [
            ("tinyint(1)", ColumnType::Boolean),
            ("bigint(20)", ColumnType::BigInt),
            ("int(11)", ColumnType::Integer),
            ("int(10) unsigned", ColumnType::Custom("int(10) unsigned".into())),
            ("decimal(12,4)", ColumnType::Numeric(12, 4)),
            ("enum('a','b')", ColumnType::Custom("enum('a','b')".into())),
            ("text", ColumnType::Custom("text".into())),
        ] {
            assert_eq!(parse(declared, &MARIADB), ty, "{declared}");
        }
    }
}
