//! Column types, as files name them: one list for every backend.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Options;

/// The type of a column, before any dialect.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColumnType {
    /// `boolean`.
    Boolean,
    /// `smallint`: 16 bits.
    SmallInt,
    /// `integer`: 32 bits.
    Integer,
    /// `bigint`: 64 bits.
    BigInt,
    /// `real`: 32 bits.
    Real,
    /// `double`: 64 bits.
    Double,
    /// `varchar(n)`: at most `n` characters.
    Varchar(u32),
    /// `text`.
    Text,
    /// `binary`: bytes of any length.
    Binary,
    /// `uuid`.
    Uuid,
    /// `numeric(precision,scale)`: decimal digits in all, and after the point.
    Numeric(u32, u32),
    /// `date`.
    Date,
    /// `time`: without a zone.
    Time,
    /// `timestamp`: without a zone.
    Timestamp,
    /// `timestamptz`: a point in time.
    TimestampTz,
    /// `json`.
    Json,
    /// `inet`: an IP address or network.
    Inet,
    /// `T[]`.
    Array(Box<ColumnType>),
    /// `enum(…)`: a type of the project's own, that holds one of a few texts.
    Enum(String),
    /// `custom(…)`: a type that only the database knows, verbatim.
    Custom(String),
    /// `opaque(…)`: a type that only another tool knows. It is compared, and has SQL only by the field's `db_type`.
    Opaque {
        /// What that tool calls it.
        name: String,
        /// What it is made with there; no part of the type's text, which they stand beside.
        parameters: Options,
    },
}

/// A type's text that is none of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownType(String);

impl fmt::Display for UnknownType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "unknown type `{}`; the types are boolean, smallint, integer, bigint, real, double, varchar(n), text, binary, \
             uuid, numeric(p,s), date, time, timestamp, timestamptz, json, inet, T[], enum(…), custom(…), opaque(…), foreign_key and many_to_many",
            self.0
        )
    }
}

impl std::error::Error for UnknownType {}

impl ColumnType {
    const PLAIN: [(&'static str, Self); 15] = [
        ("boolean", Self::Boolean),
        ("smallint", Self::SmallInt),
        ("integer", Self::Integer),
        ("bigint", Self::BigInt),
        ("real", Self::Real),
        ("double", Self::Double),
        ("text", Self::Text),
        ("binary", Self::Binary),
        ("uuid", Self::Uuid),
        ("date", Self::Date),
        ("time", Self::Time),
        ("timestamp", Self::Timestamp),
        ("timestamptz", Self::TimestampTz),
        ("json", Self::Json),
        ("inet", Self::Inet),
    ];
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Varchar(length) => write!(f, "varchar({length})"),
            Self::Numeric(precision, scale) => write!(f, "numeric({precision},{scale})"),
            Self::Array(element) => write!(f, "{element}[]"),
            Self::Enum(name) => write!(f, "enum({name})"),
            Self::Custom(name) => write!(f, "custom({name})"),
            Self::Opaque { name, .. } => write!(f, "opaque({name})"),
            plain => {
                let name = Self::PLAIN.iter().find(|(_, ty)| ty == plain).map_or("", |(name, _)| *name);
                f.write_str(name)
            }
        }
    }
}

impl FromStr for ColumnType {
    type Err = UnknownType;

    fn from_str(text: &str) -> Result<Self, UnknownType> {
        let unknown = || UnknownType(text.to_owned());
        if let Some(custom) = argument(text, "custom") {
            return Ok(Self::Custom(custom.to_owned()));
        }
        if let Some(name) = argument(text, "opaque").filter(|name| !name.is_empty()) {
            return Ok(Self::Opaque { name: name.to_owned(), parameters: Options::new() });
        }
        if let Some(name) = argument(text, "enum") {
            return Ok(Self::Enum(name.to_owned()));
        }
        if let Some(element) = text.strip_suffix("[]") {
            let element: Self = element.parse()?;
            // A tool says by itself that its type is a list.
            let is_opaque = matches!(element, Self::Opaque { .. });
            return if is_opaque { Err(unknown()) } else { Ok(Self::Array(Box::new(element))) };
        }
        if let Some(length) = argument(text, "varchar") {
            return length.parse().map(Self::Varchar).map_err(|_| unknown());
        }
        if let Some((precision, scale)) = argument(text, "numeric").and_then(|digits| digits.split_once(',')) {
            let digits = precision.trim().parse().and_then(|p| scale.trim().parse().map(|s| (p, s)));
            return digits.map(|(p, s)| Self::Numeric(p, s)).map_err(|_| unknown());
        }
        Self::PLAIN.iter().find(|(name, _)| *name == text).map(|(_, ty)| ty.clone()).ok_or_else(unknown)
    }
}

fn argument<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')')
}

impl Serialize for ColumnType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ColumnType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_reads_back() {
        let mut types: Vec<ColumnType> = ColumnType::PLAIN.iter().map(|(_, ty)| ty.clone()).collect();
        types.extend([
            ColumnType::Varchar(200),
            ColumnType::Numeric(10, 2),
            ColumnType::Array(Box::new(ColumnType::Varchar(3))),
            ColumnType::Enum("order \"status\" (1)[]".into()),
            ColumnType::Custom("geometry(Point, 4326)".into()),
            ColumnType::Opaque { name: "shop.Money (1)[]".into(), parameters: Options::new() },
        ]);
        for ty in types {
            assert_eq!(ty.to_string().parse(), Ok(ty));
        }
        for text in ["", "varchar(x)", "opaque()", "opaque(shop.Money)[]"] {
            assert!(text.parse::<ColumnType>().is_err(), "{text}");
        }
    }
}
