//! Literals, as the type of their column demands.

use super::WORDS;
use super::types::effective_type;
use crate::field::{ColumnType, Default, Literal};
use crate::schema::Column;

/// A default, ready for `DEFAULT`: an expression stands in parentheses.
///
/// <https://www.postgresql.org/docs/current/ddl-default.html>
pub(super) fn default(value: &Default, column: &Column) -> String {
    match value {
        Default::Value(literal) => self::literal(literal, column),
        Default::Sql { sql } => format!("({})", WORDS.text(sql)),
    }
}

/// A literal in a column's type.
pub(super) fn literal(literal: &Literal, column: &Column) -> String {
    let ty = effective_type(column);
    match literal {
        Literal::Boolean(value) if ty == ColumnType::Boolean => value.to_string().to_uppercase(),
        Literal::Boolean(value) => i64::from(*value).to_string(),
        Literal::Integer(value) if is_number(&ty) => value.to_string(),
        Literal::Integer(value) if ty == ColumnType::Boolean => (*value != 0).to_string().to_uppercase(),
        Literal::Integer(value) => quoted(&value.to_string()),
        Literal::Real(value) if is_number(&ty) => value.0.to_string(),
        Literal::Real(value) => quoted(&value.0.to_string()),
        Literal::Text(value) if ty == ColumnType::Binary => quoted(&format!("\\x{value}")),
        Literal::Text(value) => quoted(value),
    }
}

/// Text in quotes. A backslash is itself: the session has `standard_conforming_strings` on.
///
/// <https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS>
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn is_number(ty: &ColumnType) -> bool {
    match ty {
        ColumnType::SmallInt
        | ColumnType::Integer
        | ColumnType::BigInt
        | ColumnType::Real
        | ColumnType::Double
        | ColumnType::Numeric(..)
        | ColumnType::Custom(_)
        | ColumnType::Opaque { .. } => true,
        ColumnType::Boolean
        | ColumnType::Varchar(_)
        | ColumnType::Text
        | ColumnType::Binary
        | ColumnType::Uuid
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::Timestamp
        | ColumnType::TimestampTz
        | ColumnType::Json
        | ColumnType::Inet
        | ColumnType::Enum(_)
        | ColumnType::Array(_) => false,
    }
}
