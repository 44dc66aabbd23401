//! Changes of type: what is written into the rows around them, and which values would not survive.
//!
//! `ALTER TABLE` has no expression for the values: it converts them as an INSERT does. In strict mode that refuses what is out of
//! range and most of what is cut, but rounds and forgets without a word; what it would lose is counted before.
//! <https://dev.mysql.com/doc/refman/8.0/en/sql-mode.html#sql-mode-strict>

use super::super::{Capabilities, Conversion};
use super::quote::quote;
use super::types::{effective_type, is_number};
use crate::field::ColumnType as T;
use crate::pair::Pair;
use crate::schema::Column;

/// How values get from one type to another; nothing in it means that the server carries them over by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rule {
    /// What the column holds before it gets the new type.
    pub(super) before: Option<String>,
    /// A text first, since the server has no way between the two.
    pub(super) through_text: bool,
    /// What it holds after.
    pub(super) after: Option<String>,
    /// True for a value that gets lost.
    pub(super) lossy: Option<String>,
}

/// What a change of type does to the values.
pub(super) fn conversion(columns: Pair<&Column>, facts: &Capabilities) -> Conversion {
    let types = columns.map(|column| effective_type(column, facts));
    if types.previous == types.next {
        return Conversion::Same;
    }
    if !has_meaning(&types.previous, &types.next) {
        return Conversion::None;
    }
    if rule(columns, facts).lossy.is_some() { Conversion::Lossy } else { Conversion::Safe }
}

/// The rule for one column; `previous.name` is the column that has the value.
pub(super) fn rule(columns: Pair<&Column>, facts: &Capabilities) -> Rule {
    let types = columns.map(|column| effective_type(column, facts));
    if types.previous == types.next {
        return Rule::default();
    }
    let c = quote(&columns.previous.name);
    if types.previous == T::Binary {
        // Bytes are read as text; whatever that text would be in the new type, they become.
        let text = format!("CONVERT({c} USING utf8mb4)");
        let broken = format!("{text} IS NULL OR CAST({text} AS BINARY) <> {c}");
        let lossy =
            lossy(&text, &T::Text, &types.next).map_or_else(|| broken.clone(), |lossy| format!("{broken} OR {lossy}"));
        let through_text = matches!(types.next, T::Json | T::Uuid);
        return Rule { before: before(&text, &T::Text, &types.next), through_text, after: None, lossy: Some(lossy) };
    }
    Rule {
        before: before(&c, &types.previous, &types.next),
        // The bytes of a UUID's own type are not its text.
        through_text: facts.uuid_type && types.previous == T::Uuid && types.next == T::Binary,
        after: after(&c, &types.previous, &types.next),
        lossy: lossy(&c, &types.previous, &types.next),
    }
}

/// True where values of the one type are values of the other, once they are written so.
fn has_meaning(from: &T, to: &T) -> bool {
    let any_of_them = |ty: &T| is_text(ty) || matches!(ty, T::Binary | T::Custom(_) | T::Opaque { .. });
    let count = |ty: &T| is_number(ty) || *ty == T::Boolean;
    any_of_them(from) || any_of_them(to) || is_day(from) && is_day(to) || count(from) && (count(to) || *to == T::Json)
}

/// The words of a boolean become its numbers, a text without hyphens one that has them, while they are still texts.
fn before(c: &str, from: &T, to: &T) -> Option<String> {
    match (from, to) {
        (from, T::Boolean) if is_text(from) => Some(format!("CASE lower({c}) WHEN 'true' THEN '1' ELSE '0' END")),
        (from, T::Uuid) if is_text(from) => {
            let bare = format!("lower(replace({c}, '-', ''))");
            Some([21, 17, 13, 9].iter().fold(bare, |text, at| format!("insert({text}, {at}, 0, '-')")))
        }
        _ => None,
    }
}

/// The other way round; and a moment without the zeros of a fraction that it does not have.
fn after(c: &str, from: &T, to: &T) -> Option<String> {
    match (from, to) {
        (T::Boolean, to) if is_text(to) => Some(words(c)),
        (T::Boolean, T::Json | T::Binary) => Some(words(c)),
        (T::Time | T::Timestamp, to) if is_text(to) => Some(format!("regexp_replace({c}, '[.]?0+$', '')")),
        _ => None,
    }
}

fn words(c: &str) -> String {
    format!("CASE {c} WHEN '1' THEN 'true' ELSE 'false' END")
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
        T::Date if *from == T::Timestamp => Some(format!("{c} <> CAST({c} AS date)")),
        T::Date | T::Time | T::Timestamp | T::Uuid if is_text(from) => Some(unlike(c, to)),
        T::Json if is_text(from) => Some(format!("NOT json_valid({c})")),
        T::Text if *from == T::Real => Some(shortened(c)),
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
        | T::Array(_)
        | T::Custom(_)
        | T::Opaque { .. } => None,
    }
}

fn to_varchar(c: &str, from: &T, length: u32) -> Option<String> {
    let text = match from {
        T::Varchar(before) if *before <= length => return None,
        T::Varchar(_) | T::Text => c.to_owned(),
        T::Boolean => format!("CASE {c} WHEN 0 THEN 'false' ELSE 'true' END"),
        _ => format!("CAST({c} AS char)"),
    };
    let longer = format!("char_length({text}) > {length}");
    Some(if *from == T::Real { format!("{} OR {longer}", shortened(c)) } else { longer })
}

/// A `float` is printed with six digits: <https://dev.mysql.com/doc/refman/8.0/en/problems-with-float.html>.
fn shortened(c: &str) -> String {
    format!("CAST(CAST({c} AS char) AS float) <> {c}")
}

fn to_integer(c: &str, from: &T, least: i64, most: i64) -> Option<String> {
    let outside = format!("NOT BETWEEN {least} AND {most}");
    match from {
        T::SmallInt | T::Integer | T::BigInt => (bits(from) > bits_of(most)).then(|| format!("{c} {outside}")),
        // As text again it must read the same: `0012` is not 12.
        from if is_text(from) => {
            let number = matching(c, "(0|-?[1-9][0-9]{0,18})");
            Some(format!("CASE WHEN {number} THEN CAST({c} AS decimal(20,0)) {outside} ELSE TRUE END"))
        }
        from if is_number(from) => Some(format!("{c} <> truncate({c}, 0) OR {c} {outside}")),
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
        from if is_text(from) => {
            let number = format!("CAST({c} AS decimal(65,30))");
            Some(format!(
                "CASE WHEN {} THEN round({number}, {scale}) <> {number} OR {} ELSE TRUE END",
                matching(c, NUMBER),
                wide(&number)
            ))
        }
        from if is_number(from) => Some(format!("round({c}, {scale}) <> {c} OR {}", wide(c))),
        _ => None,
    }
}

const NUMBER: &str = "-?(0|[1-9][0-9]*)([.][0-9]+)?";

/// A `float` keeps six digits and a `double` fifteen.
fn to_float(c: &str, from: &T, to: &T) -> Option<String> {
    let (name, digits) = if *to == T::Real { ("float", 6) } else { ("double", 15) };
    match (from, to) {
        (T::Real | T::Integer, T::Double) | (T::SmallInt, _) => None,
        (T::Double, T::Real) => Some(format!("CAST({c} AS float) <> {c}")),
        // Compared as decimals: as floating-point numbers both sides would be rounded alike.
        (T::Integer | T::BigInt | T::Numeric(..), _) => {
            Some(format!("CAST(CAST({c} AS {name}) AS decimal(65,30)) <> {c}"))
        }
        (from, _) if is_text(from) => Some(format!(
            "CASE WHEN {} THEN char_length(trim(LEADING '0' FROM replace(replace({c}, '-', ''), '.', ''))) > {digits} \
             ELSE TRUE END",
            matching(c, NUMBER)
        )),
        _ => None,
    }
}

/// True for a text that is not written as values of the type are; a moment names no zone.
fn unlike(c: &str, to: &T) -> String {
    let pattern = match to {
        T::Uuid => "[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}",
        T::Date => "[0-9]{4}-[0-9]{2}-[0-9]{2}",
        T::Time => "[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?",
        _ => "[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?)?",
    };
    format!("NOT {}", matching(c, pattern))
}

/// The whole text, and no line behind it: `$` would let one pass.
fn matching(c: &str, pattern: &str) -> String {
    format!("{c} REGEXP '^({pattern})\\\\z'")
}

fn is_text(ty: &T) -> bool {
    matches!(ty, T::Text | T::Varchar(_))
}

fn is_day(ty: &T) -> bool {
    matches!(ty, T::Date | T::Timestamp | T::TimestampTz)
}
