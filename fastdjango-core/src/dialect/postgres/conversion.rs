//! Changes of type: how a value is carried over, and which values would not survive.
//!
//! An assignment cast rounds and cuts without a word (<https://www.postgresql.org/docs/current/datatype-numeric.html>), and an
//! explicit one does so even for texts; what it would lose is counted before. What it refuses, the server says.

use super::super::Conversion;
use super::quote::quote;
use super::types::{column_type, effective_type};
use crate::field::ColumnType as T;
use crate::pair::Pair;
use crate::schema::Column;

/// How values get from one type to another; nothing in it means that the server carries them over by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rule {
    /// The value in the new type.
    pub(super) expression: Option<String>,
    /// True for a value that gets lost.
    pub(super) lossy: Option<String>,
}

/// What a change of type does to the values.
pub(super) fn conversion(columns: Pair<&Column>) -> Conversion {
    let types = columns.map(effective_type);
    if types.previous != types.next && !has_meaning(&types.previous, &types.next) {
        return Conversion::None;
    }
    match rule(columns) {
        Rule { lossy: Some(_), .. } => Conversion::Lossy,
        Rule { expression: Some(_), .. } => Conversion::Safe,
        Rule { .. } => Conversion::Same,
    }
}

/// The rule for one column; `previous.name` is the column that has the value.
pub(super) fn rule(columns: Pair<&Column>) -> Rule {
    let types = columns.map(effective_type);
    if types.previous == types.next {
        return Rule::default();
    }
    let c = quote(&columns.previous.name);
    if let T::Enum(_) = types.previous {
        let text = format!("{c}::text");
        let expression = expression(&text, &T::Text, &types.next).unwrap_or_else(|| text.clone());
        return Rule { expression: Some(expression), lossy: lossy(&text, &T::Text, &types.next) };
    }
    if types.previous == T::Binary {
        // Bytes are read as text first; whatever that text would be in the new type, they become.
        let text = format!("convert_from({c}, 'UTF8')");
        let expression = expression(&text, &T::Text, &types.next).unwrap_or_else(|| text.clone());
        return Rule { expression: Some(expression), lossy: lossy(&text, &T::Text, &types.next) };
    }
    let lossy = lossy(&c, &types.previous, &types.next);
    Rule { expression: expression(&c, &types.previous, &types.next), lossy }
}

/// True where values of the one type are values of the other, once they are written so.
fn has_meaning(from: &T, to: &T) -> bool {
    if let (T::Array(from), T::Array(to)) = (from, to) {
        return casts_each(from, to);
    }
    let any_of_them = |ty: &T| is_text(ty) || matches!(ty, T::Binary | T::Custom(_) | T::Opaque { .. });
    let listed = |ty: &T| matches!(ty, T::Enum(_));
    if listed(from) || listed(to) {
        return listed(from) && listed(to) || any_of_them(from) || any_of_them(to);
    }
    let count = |ty: &T| is_number(ty) || *ty == T::Boolean;
    any_of_them(from) || any_of_them(to) || is_day(from) && is_day(to) || count(from) && (count(to) || *to == T::Json)
}

/// True where a cast between arrays is the cast of each element: <https://www.postgresql.org/docs/current/sql-createcast.html>.
/// What takes more than a cast has no place in it.
fn casts_each(from: &T, to: &T) -> bool {
    let plain = |ty: &T| is_text(ty) || is_number(ty) || is_day(ty) || matches!(ty, T::Uuid | T::Time);
    plain(from) && plain(to) && has_meaning(from, to)
}

/// The cast that the server does not make by itself.
fn expression(c: &str, from: &T, to: &T) -> Option<String> {
    match (from, to) {
        // A type that nobody here knows has the casts that its extension gave it.
        (T::Custom(_), _) | (_, T::Custom(_) | T::Text | T::Varchar(_)) => None,
        (T::Array(_), T::Array(_)) => Some(format!("{c}::{}", column_type(to))),
        // https://www.postgresql.org/docs/current/typeconv-query.html: these casts are made on assignment.
        (from, to) if is_number(from) && is_number(to) || is_day(from) && is_day(to) => None,
        (T::Varchar(_), T::Enum(_)) => Some(format!("{c}::text::{}", column_type(to))),
        (T::Text | T::Varchar(_), T::Binary) => Some(format!("convert_to({c}, 'UTF8')")),
        (_, T::Binary) => Some(format!("convert_to({c}::text, 'UTF8')")),
        (from, T::Boolean) if is_number(from) => Some(format!("{c} <> 0")),
        (T::Boolean, to) if is_number(to) => Some(format!("{c}::integer::{}", column_type(to))),
        (from, T::Json) if !is_text(from) => Some(format!("{c}::text::jsonb")),
        _ => Some(format!("{c}::{}", column_type(to))),
    }
}

fn lossy(c: &str, from: &T, to: &T) -> Option<String> {
    match to {
        T::Varchar(length) => to_varchar(c, from, *length),
        T::SmallInt => to_integer(c, from, i64::from(i16::MIN), i64::from(i16::MAX)),
        T::Integer => to_integer(c, from, i64::from(i32::MIN), i64::from(i32::MAX)),
        T::BigInt => to_integer(c, from, i64::MIN, i64::MAX),
        T::Boolean if is_number(from) => Some(format!("{c} NOT IN (0, 1)")),
        T::Boolean if is_text(from) => Some(format!("lower({c}) NOT IN ('true', 'false')")),
        T::Numeric(precision, scale) => to_numeric(c, from, *precision, *scale),
        T::Real | T::Double => to_float(c, from, to),
        T::Date if matches!(from, T::Timestamp | T::TimestampTz) => Some(format!("{c} <> date_trunc('day', {c})")),
        T::Date | T::Time | T::Timestamp | T::TimestampTz | T::Uuid if is_text(from) => Some(unlike(c, to)),
        T::Array(to) => match from {
            T::Array(from) => lossy("element", from, to)
                .map(|lost| format!("EXISTS (SELECT 1 FROM unnest({c}) AS element WHERE {lost})")),
            _ => None,
        },
        T::Boolean
        | T::Text
        | T::Binary
        | T::Uuid
        | T::Date
        | T::Time
        | T::Timestamp
        | T::TimestampTz
        | T::Json
        | T::Inet
        | T::Enum(_)
        | T::Custom(_)
        | T::Opaque { .. } => None,
    }
}

fn to_varchar(c: &str, from: &T, length: u32) -> Option<String> {
    match from {
        T::Varchar(before) if *before <= length => None,
        _ => Some(format!("char_length({c}::text) > {length}")),
    }
}

fn to_integer(c: &str, from: &T, least: i64, most: i64) -> Option<String> {
    let outside = format!("NOT BETWEEN {least} AND {most}");
    match from {
        T::Boolean => None,
        T::SmallInt | T::Integer | T::BigInt => (bits(from) > bits_of(most)).then(|| format!("{c} {outside}")),
        // As text again it must read the same: `0012` is not 12.
        from if is_text(from) => {
            Some(format!("CASE WHEN {c} ~ '^(0|-?[1-9][0-9]{{0,18}})$' THEN {c}::numeric {outside} ELSE true END"))
        }
        from if is_number(from) => Some(format!("{c} <> trunc({c}) OR {c} {outside}")),
        _ => None,
    }
}

fn bits(ty: &T) -> u32 {
    match ty {
        T::SmallInt => 16,
        T::Integer => 32,
        _ => 64,
    }
}

fn bits_of(most: i64) -> u32 {
    65 - most.leading_zeros()
}

fn to_numeric(c: &str, from: &T, precision: u32, scale: u32) -> Option<String> {
    let whole = precision.saturating_sub(scale);
    let wide = |value: &str| format!("abs({value}) >= 1{}", "0".repeat(whole as usize));
    match from {
        T::Numeric(p, s) if *s <= scale && p.saturating_sub(*s) <= whole => None,
        T::SmallInt | T::Integer | T::BigInt => Some(wide(c)),
        T::Real | T::Double => Some(format!("round({c}::numeric, {scale})::double precision <> {c} OR {}", wide(c))),
        from if is_text(from) => {
            let number = format!("{c}::numeric");
            Some(format!(
                "CASE WHEN {c} ~ '^-?(0|[1-9][0-9]*)([.][0-9]+)?$' THEN round({number}, {scale}) <> {number} OR {} ELSE true END",
                wide(&number)
            ))
        }
        from if is_number(from) => Some(format!("round({c}, {scale}) <> {c} OR {}", wide(c))),
        _ => None,
    }
}

/// A REAL keeps six digits and a DOUBLE fifteen: <https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-FLOAT>.
fn to_float(c: &str, from: &T, to: &T) -> Option<String> {
    let name = column_type(to);
    let digits = if *to == T::Real { 6 } else { 15 };
    match (from, to) {
        (T::Real | T::Integer, T::Double) | (T::SmallInt, _) => None,
        (T::Double, T::Real) => Some(format!("{c}::real::double precision <> {c}")),
        (T::Integer | T::BigInt | T::Numeric(..), _) => Some(format!("{c}::{name}::numeric <> {c}")),
        (from, _) if is_text(from) => Some(format!(
            "CASE WHEN {c} ~ '^-?(0|[1-9][0-9]*)([.][0-9]+)?$' \
             THEN length(ltrim(replace(replace({c}, '-', ''), '.', ''), '0')) > {digits} ELSE true END"
        )),
        _ => None,
    }
}

/// True for a text that is not written as values of the type are.
fn unlike(c: &str, to: &T) -> String {
    let pattern = match to {
        T::Uuid => "^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}$",
        T::Date => "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        T::Time => "^[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?$",
        _ => "^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?([+-][0-9:]+|Z)?)?$",
    };
    format!("{c} !~ '{pattern}'")
}

fn is_number(ty: &T) -> bool {
    matches!(ty, T::SmallInt | T::Integer | T::BigInt | T::Real | T::Double | T::Numeric(..))
}

fn is_text(ty: &T) -> bool {
    matches!(ty, T::Text | T::Varchar(_))
}

fn is_day(ty: &T) -> bool {
    matches!(ty, T::Date | T::Timestamp | T::TimestampTz)
}
