//! Declared types: what we write, and what `format_type` says of them.
//!
//! <https://www.postgresql.org/docs/current/datatype.html>

use super::quote::quote;
use crate::field::{ColumnType, Engine};
use crate::schema::Column;

/// The declared type of a column.
#[must_use]
pub fn column_type(ty: &ColumnType) -> String {
    match ty {
        ColumnType::Double => "double precision".to_owned(),
        ColumnType::Binary => "bytea".to_owned(),
        ColumnType::Json => "jsonb".to_owned(),
        ColumnType::Array(element) => format!("{}[]", column_type(element)),
        ColumnType::Enum(name) => quote(name),
        ColumnType::Custom(name) => name.clone(),
        ColumnType::Boolean
        | ColumnType::SmallInt
        | ColumnType::Integer
        | ColumnType::BigInt
        | ColumnType::Real
        | ColumnType::Varchar(_)
        | ColumnType::Text
        | ColumnType::Uuid
        | ColumnType::Numeric(..)
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::Timestamp
        | ColumnType::TimestampTz
        | ColumnType::Inet
        // Refused when planned, unless the field has a `db_type`.
        | ColumnType::Opaque { .. } => ty.to_string(),
    }
}

/// The type that a declared type stands for; what none of ours is stays as it was written.
#[must_use]
pub fn parse(declared: &str) -> ColumnType {
    let text = declared.trim();
    if let Some(name) = plain_name(text) {
        return ColumnType::Custom(name.to_owned());
    }
    if let Some(element) = text.strip_suffix("[]") {
        return ColumnType::Array(Box::new(parse(element)));
    }
    let lower = text.to_lowercase();
    let (name, arguments) = split(&lower);
    match (name, arguments.as_slice()) {
        ("varchar" | "character varying", [length]) => ColumnType::Varchar(*length),
        ("numeric" | "decimal", [precision]) => ColumnType::Numeric(*precision, 0),
        ("numeric" | "decimal", [precision, scale]) => ColumnType::Numeric(*precision, *scale),
        (name, []) => plain(name).unwrap_or_else(|| ColumnType::Custom(text.to_owned())),
        _ => ColumnType::Custom(text.to_owned()),
    }
}

/// A name in quotes that reads the same without: the catalog writes it so, unless the name is a word of the language.
fn plain_name(text: &str) -> Option<&str> {
    let name = text.strip_prefix('"')?.strip_suffix('"')?;
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (begins && name.chars().all(plain)).then_some(name)
}

/// The type of a column, whatever it is called in the model; an enum stays one.
pub(super) fn effective_type(column: &Column) -> ColumnType {
    let own = column.db_type.as_ref().and_then(|sql| sql.for_engine(Engine::Postgres));
    match (own, &column.ty) {
        (Some(own), _) => parse(own),
        (None, ColumnType::Enum(_)) => column.ty.clone(),
        (None, ty) => parse(&column_type(ty)),
    }
}

/// The type that a column has in the catalog, where an enum is a name like any other.
pub(super) fn catalog_type(column: &Column) -> ColumnType {
    match effective_type(column) {
        ColumnType::Enum(name) => parse(&quote(&name)),
        ty => ty,
    }
}

/// `numeric(10,2)` is the name `numeric` and the arguments 10 and 2.
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

/// The names that a type has in SQL and in the catalog: <https://www.postgresql.org/docs/current/datatype.html#DATATYPE-TABLE>.
fn plain(name: &str) -> Option<ColumnType> {
    Some(match name {
        "boolean" | "bool" => ColumnType::Boolean,
        "smallint" | "int2" => ColumnType::SmallInt,
        "integer" | "int" | "int4" => ColumnType::Integer,
        "bigint" | "int8" => ColumnType::BigInt,
        "real" | "float4" => ColumnType::Real,
        "double precision" | "float8" | "float" => ColumnType::Double,
        "text" => ColumnType::Text,
        "bytea" => ColumnType::Binary,
        "uuid" => ColumnType::Uuid,
        "date" => ColumnType::Date,
        "time" | "time without time zone" => ColumnType::Time,
        "timestamp" | "timestamp without time zone" => ColumnType::Timestamp,
        "timestamptz" | "timestamp with time zone" => ColumnType::TimestampTz,
        "jsonb" => ColumnType::Json,
        "inet" => ColumnType::Inet,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_reads_back() {
        let names = "boolean smallint integer bigint real double varchar(9) text binary uuid numeric(10,2) date time timestamp \
                     timestamptz json inet text[] custom(citext) custom(json)";
        for name in names.split(' ') {
            let ty: ColumnType = name.parse().expect("a type of the list");
            assert_eq!(parse(&column_type(&ty)), ty);
        }
    }

    #[test]
    fn what_the_catalog_says_is_understood() {
        for (declared, ty) in [
            ("character varying(160)", ColumnType::Varchar(160)),
            ("timestamp with time zone", ColumnType::TimestampTz),
            ("double precision[]", ColumnType::Array(Box::new(ColumnType::Double))),
            ("timestamp(3) without time zone", ColumnType::Custom("timestamp(3) without time zone".into())),
            ("character(3)", ColumnType::Custom("character(3)".into())),
        ] {
            assert_eq!(parse(declared), ty, "{declared}");
        }
    }
}
