//! Literals, as the type of their column demands.

use super::WORDS;
use super::conversion::effective_type;
use super::types::EXACT_DIGITS;
use crate::field::{ColumnType, Default, Literal};
use crate::schema::Column;

/// A default, ready for `DEFAULT`: an expression stands in parentheses.
///
/// <https://www.sqlite.org/lang_createtable.html#the_default_clause>
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
        Literal::Boolean(value) => i64::from(*value).to_string(),
        Literal::Integer(value) => match &ty {
            ColumnType::Numeric(precision, scale) if *precision > EXACT_DIGITS => {
                quoted(&at_scale(&value.to_string(), *scale))
            }
            ty if is_text(ty) => quoted(&value.to_string()),
            _ => value.to_string(),
        },
        Literal::Real(value) => match &ty {
            ColumnType::Numeric(precision, scale) if *precision > EXACT_DIGITS => {
                quoted(&at_scale(&value.0.to_string(), *scale))
            }
            ty if is_text(ty) => quoted(&value.0.to_string()),
            _ => value.0.to_string(),
        },
        Literal::Text(value) => match &ty {
            ColumnType::Binary => bytes(value),
            ColumnType::Numeric(precision, _) if *precision <= EXACT_DIGITS && is_number(value) => value.clone(),
            _ => quoted(value),
        },
    }
}

/// Text in quotes, also for the values of checks.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// `x'00ff'` from `00ff`; what is no hexadecimal text was refused when it was planned.
fn bytes(hexadecimal: &str) -> String {
    let is_whole = hexadecimal.len().is_multiple_of(2) && hexadecimal.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_whole { format!("x'{}'", hexadecimal.to_ascii_uppercase()) } else { quoted(hexadecimal) }
}

/// `1` at scale 2 is `1.00`.
fn at_scale(number: &str, scale: u32) -> String {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if scale == 0 {
        return number.to_owned();
    }
    format!("{whole}.{fraction:0<width$}", width = scale as usize)
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    all(whole) && all(fraction)
}

fn is_text(ty: &ColumnType) -> bool {
    match ty {
        ColumnType::Varchar(_)
        | ColumnType::Text
        | ColumnType::Uuid
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::Timestamp
        | ColumnType::TimestampTz
        | ColumnType::Json
        | ColumnType::Inet
        | ColumnType::Enum(_) => true,
        ColumnType::Boolean
        | ColumnType::SmallInt
        | ColumnType::Integer
        | ColumnType::BigInt
        | ColumnType::Real
        | ColumnType::Double
        | ColumnType::Binary
        | ColumnType::Numeric(..)
        | ColumnType::Array(_)
        | ColumnType::Custom(_)
        | ColumnType::Opaque { .. } => false,
    }
}
