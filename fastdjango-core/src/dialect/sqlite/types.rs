//! Declared types: what we write, and what others wrote.
//!
//! The declared type decides the affinity (<https://www.sqlite.org/datatype3.html#determination_of_column_affinity>):
//! "INT" anywhere means INTEGER; then "CHAR", "CLOB" or "TEXT" means TEXT. Under any affinity but TEXT a text that looks
//! like a number becomes one: the UUID `123e4567` or the JSON `1.0`. So whatever is text in our eyes says `_text`.

use crate::field::ColumnType;

/// Numbers of up to this many digits come back from a REAL as they went in; longer ones are stored as text.
pub const EXACT_DIGITS: u32 = 15;

/// The declared type of a column.
#[must_use]
pub fn column_type(ty: &ColumnType) -> String {
    match ty {
        ColumnType::Numeric(precision, scale) if *precision > EXACT_DIGITS => {
            format!("numeric_text({precision},{scale})")
        }
        ColumnType::Boolean
        | ColumnType::SmallInt
        | ColumnType::Integer
        | ColumnType::BigInt
        | ColumnType::Real
        | ColumnType::Double
        | ColumnType::Varchar(_)
        | ColumnType::Text
        | ColumnType::Numeric(..)
        // Refused when planned, unless the field has a `db_type`.
        | ColumnType::Opaque { .. } => ty.to_string(),
        ColumnType::Binary => "blob".to_owned(),
        ColumnType::Uuid
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::Timestamp
        | ColumnType::TimestampTz
        | ColumnType::Json
        | ColumnType::Inet => format!("{ty}_text"),
        // Refused when planned; the text only keeps this function total.
        ColumnType::Array(_) => "json_text".to_owned(),
        // It is a text by the time it is rendered.
        ColumnType::Enum(_) => "text".to_owned(),
        ColumnType::Custom(name) => name.clone(),
    }
}

/// The type that a declared type stands for; what nobody knows is `custom(…)`, verbatim.
#[must_use]
pub fn parse(declared: &str) -> ColumnType {
    let text = declared.trim();
    let lower = text.to_ascii_lowercase();
    let (name, arguments) = split(&lower);
    let name = name.strip_suffix("_text").unwrap_or(name);
    match (known(name), arguments.as_slice()) {
        (Some(Known::Plain(ty)), _) => ty,
        (Some(Known::Text), [length]) => ColumnType::Varchar(*length),
        (Some(Known::Text), _) => ColumnType::Text,
        (Some(Known::Decimal), [precision]) => ColumnType::Numeric(*precision, 0),
        (Some(Known::Decimal), [precision, scale]) => ColumnType::Numeric(*precision, *scale),
        (Some(Known::Decimal) | None, _) => ColumnType::Custom(text.to_owned()),
    }
}

/// `numeric(10, 2)` is the name `numeric` and the arguments 10 and 2.
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

enum Known {
    Plain(ColumnType),
    Text,
    Decimal,
}

/// The names that `SQLite`'s users give to types, ours among them.
fn known(name: &str) -> Option<Known> {
    Some(Known::Plain(match name {
        "boolean" | "bool" => ColumnType::Boolean,
        "smallint" | "int2" | "tinyint" => ColumnType::SmallInt,
        "integer" | "int" | "int4" | "mediumint" => ColumnType::Integer,
        "bigint" | "int8" | "unsigned big int" | "big int" => ColumnType::BigInt,
        "real" | "float4" => ColumnType::Real,
        "double" | "double precision" | "float" | "float8" => ColumnType::Double,
        "blob" | "binary" | "varbinary" | "bytea" => ColumnType::Binary,
        "uuid" | "guid" => ColumnType::Uuid,
        "date" => ColumnType::Date,
        "time" => ColumnType::Time,
        "timestamp" | "datetime" => ColumnType::Timestamp,
        "timestamptz" | "timestamp with time zone" => ColumnType::TimestampTz,
        "json" | "jsonb" => ColumnType::Json,
        "inet" => ColumnType::Inet,
        "varchar" | "nvarchar" | "char" | "nchar" | "character" | "varying character" | "character varying"
        | "native character" | "text" | "clob" | "ntext" => return Some(Known::Text),
        "numeric" | "decimal" | "dec" => return Some(Known::Decimal),
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_reads_back() {
        use ColumnType as T;
        let types = [
            T::Boolean,
            T::SmallInt,
            T::Integer,
            T::BigInt,
            T::Real,
            T::Double,
            T::Varchar(200),
            T::Text,
            T::Binary,
            T::Uuid,
            T::Numeric(10, 2),
            T::Numeric(15, 0),
            T::Numeric(28, 4),
            T::Date,
            T::Time,
            T::Timestamp,
            T::TimestampTz,
            T::Json,
            T::Inet,
            T::Custom("geometry(Point, 4326)".into()),
            T::Custom("numeric".into()),
        ];
        for ty in types {
            assert_eq!(parse(&column_type(&ty)), ty);
        }
    }

    #[test]
    fn only_text_types_are_free_of_numbers() {
        for ty in ["uuid", "date", "time", "timestamp", "timestamptz", "json", "inet", "numeric(28,4)"] {
            let declared = column_type(&ty.parse().expect("a type of the list")).to_uppercase();
            assert!(declared.contains("TEXT") && !declared.contains("INT"), "{declared}");
        }
    }

    #[test]
    fn types_of_others_are_understood() {
        for (declared, ty) in [
            ("NVARCHAR(160)", ColumnType::Varchar(160)),
            ("INTEGER", ColumnType::Integer),
            ("DATETIME", ColumnType::Timestamp),
            ("NUMERIC(10,2)", ColumnType::Numeric(10, 2)),
            ("decimal (10, 2)", ColumnType::Numeric(10, 2)),
            ("", ColumnType::Custom(String::new())),
        ] {
            assert_eq!(parse(declared), ty, "{declared}");
        }
    }
}
