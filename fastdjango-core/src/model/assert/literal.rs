//! Rules for literals: the value of a default against the column that holds it.

use super::Verdict;
use super::field::column_only;
use super::text::{characters, same};
use crate::model::{DefaultDef, FieldDef, Kind, TypeDef};

/// The stored text of a choice; the empty text where there is no such choice, which [`choice`] reports.
#[must_use]
pub const fn choice_text(choices: &[(&'static str, &'static str)], name: &str) -> &'static str {
    let mut i = 0;
    while i < choices.len() {
        if same(choices[i].0, name) {
            return choices[i].1;
        }
        i += 1;
    }
    ""
}

/// A bare word as a default is one of the type's choices.
#[must_use]
pub const fn choice(choices: &[(&'static str, &'static str)], name: &str) -> Verdict {
    if choices.is_empty() {
        return Some(
            "a bare word is a choice, and this type has none; write a literal such as `0`, `true` or `\"text\"`",
        );
    }
    let mut i = 0;
    while i < choices.len() {
        if same(choices[i].0, name) {
            return None;
        }
        i += 1;
    }
    Some("the enum of this field has no such choice; write the name of one of its variants")
}

/// `default`, `fill` and `reverse_fill`: a literal that the column can hold.
#[must_use]
pub const fn literal(field: &FieldDef, value: DefaultDef) -> Verdict {
    match field.facts.kind {
        Kind::Column { ty, non_negative, choices } => literal_of(field, ty, non_negative, choices, value),
        Kind::ManyToMany { .. } => column_only(field),
        Kind::ForeignKey { .. } => match value {
            DefaultDef::Integer(_) | DefaultDef::Text(_) | DefaultDef::Sql(_) => None,
            DefaultDef::Boolean(_) | DefaultDef::Real(_) => {
                Some("this field holds the key of a row; write that key, such as `1` or `\"text\"`")
            }
        },
    }
}

#[expect(clippy::match_same_arms, reason = "a table by type reads better than one by answer")]
const fn literal_of(field: &FieldDef, ty: TypeDef, unsigned: bool, choices: &[&str], value: DefaultDef) -> Verdict {
    match (ty, value) {
        (_, DefaultDef::Sql(_)) | (TypeDef::Boolean, DefaultDef::Boolean(_)) => None,
        (TypeDef::Boolean, _) => Some("this field is a boolean; write `true` or `false`"),
        (TypeDef::SmallInt | TypeDef::Integer | TypeDef::BigInt, DefaultDef::Integer(number)) => {
            in_range(ty, unsigned, number)
        }
        (TypeDef::SmallInt | TypeDef::Integer | TypeDef::BigInt, _) => {
            Some("this field is an integer; write a whole number such as `0`")
        }
        (TypeDef::Real | TypeDef::Double, DefaultDef::Integer(_) | DefaultDef::Real(_)) => None,
        (TypeDef::Real | TypeDef::Double, _) => Some("this field is a floating-point number; write one such as `0.5`"),
        (TypeDef::Numeric, DefaultDef::Integer(_)) => None,
        (TypeDef::Numeric, DefaultDef::Text(text)) => decimal(field.max_digits, field.decimal_places, text),
        (TypeDef::Numeric, _) => Some("a decimal is written as text, which is exact: `\"0.50\"`"),
        (TypeDef::Text | TypeDef::Enum(_), DefaultDef::Text(text)) => text_of(field, choices, text),
        (TypeDef::Enum(_), _) => Some("this field is one of an enum's choices; write the name of a variant"),
        (TypeDef::Text, _) => Some("this field is text; write the value in quotes"),
        (TypeDef::Date, DefaultDef::Text(text)) => {
            shaped(text, "0000-00-00", "this field is a date; write it as `\"2026-01-31\"`")
        }
        (TypeDef::Time, DefaultDef::Text(text)) => {
            shaped(text, "00:00:00", "this field is a time; write it as `\"12:30:00\"`")
        }
        (TypeDef::Timestamp | TypeDef::TimestampTz, DefaultDef::Text(text)) => shaped(
            text,
            "0000-00-00 00:00:00",
            "this field is a timestamp; write it as `\"2026-01-31 12:30:00\"`; for the present moment use `default_sql = \"CURRENT_TIMESTAMP\"`",
        ),
        (TypeDef::Uuid, DefaultDef::Text(text)) => shaped(
            text,
            "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
            "this field is a UUID; write it as `\"00000000-0000-0000-0000-000000000000\"`",
        ),
        (TypeDef::Binary, DefaultDef::Text(text)) => hexadecimal(text),
        (TypeDef::Json | TypeDef::Inet | TypeDef::Array(_) | TypeDef::Custom(_), DefaultDef::Text(_)) => None,
        (TypeDef::Custom(_), _) => None,
        (_, _) => Some("a value of this type is written as text, in quotes"),
    }
}

pub(crate) const fn in_range(ty: TypeDef, unsigned: bool, number: i64) -> Verdict {
    let (least, most, message) = match (ty, unsigned) {
        (TypeDef::SmallInt, false) => (
            i16::MIN as i64,
            i16::MAX as i64,
            "this field holds -32768 to 32767; write one of these, or give it a wider type",
        ),
        (TypeDef::SmallInt, true) => {
            (0, u8::MAX as i64, "this field holds 0 to 255; write one of these, or give it a wider type")
        }
        (TypeDef::Integer, false) => (
            i32::MIN as i64,
            i32::MAX as i64,
            "this field holds -2147483648 to 2147483647; write one of these, or give it a wider type",
        ),
        (TypeDef::Integer, true) => {
            (0, u16::MAX as i64, "this field holds 0 to 65535; write one of these, or give it a wider type")
        }
        (_, true) => {
            (0, u32::MAX as i64, "this field holds 0 to 4294967295; write one of these, or give it a wider type")
        }
        (_, false) => (i64::MIN, i64::MAX, ""),
    };
    if number < least || number > most { Some(message) } else { None }
}

const fn text_of(field: &FieldDef, choices: &[&str], text: &str) -> Verdict {
    if let Some(limit) = field.max_length
        && characters(text) > limit as u64
    {
        return Some("this text is longer than the field's `max_length`; shorten it, or raise the limit");
    }
    let mut i = 0;
    while i < choices.len() {
        if same(choices[i], text) {
            return None;
        }
        i += 1;
    }
    if choices.is_empty() {
        return None;
    }
    Some("this is the text of none of the enum's choices; write the name of a variant, without quotes")
}

/// A decimal's text: digits, at most one point, and no more of either side than the column has.
pub(crate) const fn decimal(max_digits: Option<u32>, decimal_places: Option<u32>, text: &str) -> Verdict {
    const MALFORMED: Verdict = Some("this field is a decimal; write digits and a point, such as `\"0.50\"`");
    let bytes = text.as_bytes();
    let (mut whole, mut places, mut pointed) = (0, 0, false);
    let mut i = if !bytes.is_empty() && bytes[0] == b'-' { 1 } else { 0 };
    while i < bytes.len() {
        match bytes[i] {
            b'.' if !pointed => pointed = true,
            b'0' if whole == 0 && !pointed => {}
            b'0'..=b'9' if pointed => places += 1,
            b'0'..=b'9' => whole += 1,
            _ => return MALFORMED,
        }
        i += 1;
    }
    if bytes.is_empty() || bytes[bytes.len() - 1] == b'.' || bytes[bytes.len() - 1] == b'-' {
        return MALFORMED;
    }
    match (max_digits, decimal_places) {
        (_, Some(limit)) if places > limit => {
            Some("this has more digits after the point than `decimal_places`; round it, or raise the limit")
        }
        (Some(digits), Some(limit)) if whole + limit > digits => Some(
            "this has more digits before the point than `max_digits` less `decimal_places`; write a smaller number, or raise `max_digits`",
        ),
        _ => None,
    }
}

/// Compares the start of a text with a pattern: `0` is a digit, `x` a hexadecimal one.
pub(crate) const fn shaped(text: &str, pattern: &str, message: &'static str) -> Verdict {
    let (text, pattern) = (text.as_bytes(), pattern.as_bytes());
    if text.len() < pattern.len() || text.len() > pattern.len() && text[pattern.len()] != b'.' {
        return Some(message);
    }
    let mut i = 0;
    while i < pattern.len() {
        let fits = match pattern[i] {
            b'0' => text[i].is_ascii_digit(),
            b'x' => text[i].is_ascii_hexdigit(),
            b' ' => text[i] == b' ',
            other => text[i] == other,
        };
        if !fits {
            return Some(message);
        }
        i += 1;
    }
    None
}

pub(crate) const fn hexadecimal(text: &str) -> Verdict {
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if !bytes[i].is_ascii_hexdigit() {
            return Some("bytes are written in hexadecimal, such as `\"00ff\"`");
        }
        i += 1;
    }
    if bytes.len() % 2 == 1 {
        Some("bytes are written with two hexadecimal digits each; this has an odd number")
    } else {
        None
    }
}
