//! Single values in the two forms of the protocol.

use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;

use sqlx::error::BoxDynError;

use super::moment::{clock, date, moment};
use crate::model::Value;

/// A value as the simple protocol sends it. <https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-FORMAT-CODES>
pub(super) fn written(name: &str, text: &str) -> Result<Value, BoxDynError> {
    Ok(match name {
        "BOOL" => Value::Boolean(text == "t"),
        "INT2" | "INT4" | "INT8" => Value::Integer(text.parse()?),
        "FLOAT4" => Value::Real(f64::from(text.parse::<f32>()?)),
        "FLOAT8" => Value::Real(text.parse()?),
        "BYTEA" => Value::Binary(hexadecimal(text).ok_or_else(|| strange(name))?),
        _ => Value::Text(text.to_owned()),
    })
}

/// A value in the server's binary form. <https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-FORMAT-CODES>
pub(super) fn scalar(name: &str, bytes: &[u8]) -> Result<Value, BoxDynError> {
    let whole = |number: i64| Value::Integer(number);
    let read = match name {
        "BOOL" => bytes.first().map(|byte| Value::Boolean(*byte != 0)),
        "INT2" => bytes.try_into().ok().map(|bytes| whole(i16::from_be_bytes(bytes).into())),
        "INT4" => bytes.try_into().ok().map(|bytes| whole(i32::from_be_bytes(bytes).into())),
        "INT8" => bytes.try_into().ok().map(|bytes| whole(i64::from_be_bytes(bytes))),
        "FLOAT4" => bytes.try_into().ok().map(|bytes| Value::Real(f32::from_be_bytes(bytes).into())),
        "FLOAT8" => bytes.try_into().ok().map(|bytes| Value::Real(f64::from_be_bytes(bytes))),
        "BYTEA" => Some(Value::Binary(bytes.to_vec())),
        _ => text(name, bytes).map(Value::Text),
    };
    read.ok_or_else(|| strange(name))
}

pub(super) fn strange(name: &str) -> BoxDynError {
    format!("a value of the type {name} that is not understood").into()
}

/// Bytes in the server's default form. <https://www.postgresql.org/docs/current/datatype-binary.html>
fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?.as_bytes();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

fn text(name: &str, bytes: &[u8]) -> Option<String> {
    match name {
        "UUID" => uuid(bytes),
        "NUMERIC" => numeric(bytes),
        "INET" | "CIDR" => address(bytes),
        "DATE" => bytes.try_into().ok().map(|bytes| date(i32::from_be_bytes(bytes))),
        "TIME" => bytes.try_into().ok().map(|bytes| clock(i64::from_be_bytes(bytes))),
        "TIMESTAMP" | "TIMESTAMPTZ" => bytes.try_into().ok().map(|bytes| moment(i64::from_be_bytes(bytes))),
        // The first byte is the version of the form.
        "JSONB" => bytes.split_first().and_then(|(_, json)| utf8(json)),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Option<String> {
    std::str::from_utf8(bytes).ok().map(str::to_owned)
}

fn uuid(bytes: &[u8]) -> Option<String> {
    let bytes: [u8; 16] = bytes.try_into().ok()?;
    let mut text = String::with_capacity(36);
    for (i, byte) in bytes.iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let _ = write!(text, "{byte:02x}");
    }
    Some(text)
}

/// An address without its mask where that is the whole address. <https://www.postgresql.org/docs/current/datatype-net-types.html>
fn address(bytes: &[u8]) -> Option<String> {
    let (head, rest) = bytes.split_at_checked(4)?;
    let (address, whole): (IpAddr, u8) = match rest.len() {
        4 => (Ipv4Addr::from(<[u8; 4]>::try_from(rest).ok()?).into(), 32),
        _ => (Ipv6Addr::from(<[u8; 16]>::try_from(rest).ok()?).into(), 128),
    };
    let bits = *head.get(1)?;
    Some(if bits == whole { address.to_string() } else { format!("{address}/{bits}") })
}

/// Digits of base 10,000: how many, where the point is, the sign, and the digits to show after the point.
fn numeric(bytes: &[u8]) -> Option<String> {
    let mut words = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    let (count, weight, sign, places) = (words.next()?, words.next()?.cast_signed(), words.next()?, words.next()?);
    let sign = match sign {
        0x0000 => "",
        0x4000 => "-",
        0xC000 => return Some("NaN".to_owned()),
        0xD000 => return Some("Infinity".to_owned()),
        0xF000 => return Some("-Infinity".to_owned()),
        _ => return None,
    };
    let digits: Vec<u16> = words.take(usize::from(count)).collect();
    let digit = |place: i32| usize::try_from(place).ok().and_then(|place| digits.get(place)).copied().unwrap_or(0);
    let weight = i32::from(weight);
    let groups_of = |places: RangeInclusive<i32>| {
        places.fold(String::new(), |mut text, place| {
            let _ = write!(text, "{:04}", digit(place));
            text
        })
    };
    let whole = groups_of(0..=weight);
    let whole = whole.trim_start_matches('0');
    let groups = i32::from(places).div_euclid(4) + 1;
    let fraction = groups_of(weight + 1..=weight + groups);
    let fraction = &fraction[..usize::from(places)];
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{}{point}{fraction}", if whole.is_empty() { "0" } else { whole }))
}
