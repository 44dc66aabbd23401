//! Rows and arguments of `PostgreSQL`.

use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;

use sqlx::error::BoxDynError;
use sqlx::postgres::{PgRow, PgValueFormat};
use sqlx::{AssertSqlSafe, PgConnection, Row, TypeInfo, ValueRef};

use super::{Inserts, insert_statement, refused};
use crate::backend::names::quote;
use crate::model::{Columns, DecodeError, Value, WrongValue};

impl Columns for PgRow {
    fn value(&self, column: &str) -> Result<Value, DecodeError> {
        value(self, column).map_err(|error| DecodeError::new(column, error))
    }
}

/// Reads what a column holds, in the form in which a field of its type is kept on every database.
fn value(row: &PgRow, column: &str) -> Result<Value, BoxDynError> {
    let raw = row.try_get_raw(column)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let name = raw.type_info().name().to_owned();
    Ok(match (name.as_str(), raw.format()) {
        ("BOOL", _) => Value::Boolean(row.try_get_unchecked(column)?),
        ("INT2" | "INT4" | "INT8", _) => Value::Integer(row.try_get_unchecked(column)?),
        ("FLOAT4", _) => Value::Real(f64::from(row.try_get_unchecked::<f32, _>(column)?)),
        ("FLOAT8", _) => Value::Real(row.try_get_unchecked(column)?),
        ("BYTEA", _) => Value::Binary(row.try_get_unchecked(column)?),
        (_, PgValueFormat::Text) => Value::Text(raw.as_str()?.to_owned()),
        (name, PgValueFormat::Binary) => Value::Text(text(name, raw.as_bytes()?)?),
    })
}

/// A value in the server's binary form as text. <https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-FORMAT-CODES>
fn text(name: &str, bytes: &[u8]) -> Result<String, BoxDynError> {
    let read = match name {
        "UUID" => uuid(bytes),
        "NUMERIC" => numeric(bytes),
        "INET" | "CIDR" => address(bytes),
        "DATE" => bytes.try_into().ok().map(|bytes| date(i32::from_be_bytes(bytes))),
        "TIME" => bytes.try_into().ok().map(|bytes| clock(i64::from_be_bytes(bytes))),
        "TIMESTAMP" | "TIMESTAMPTZ" => bytes.try_into().ok().map(|bytes| moment(i64::from_be_bytes(bytes))),
        // The first byte is the version of the form.
        "JSONB" => bytes.split_first().and_then(|(_, json)| utf8(json)),
        _ => utf8(bytes),
    };
    read.ok_or_else(|| format!("a value of the type {name} that is not understood").into())
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

/// Days since the first of January 2000; the ends of the range are endless.
fn date(days: i32) -> String {
    match days {
        i32::MAX => "infinity".to_owned(),
        i32::MIN => "-infinity".to_owned(),
        days => civil(i64::from(days)),
    }
}

const DAY: i64 = 86_400_000_000;

/// Microseconds since the first of January 2000, in UTC.
fn moment(microseconds: i64) -> String {
    match microseconds {
        i64::MAX => "infinity".to_owned(),
        i64::MIN => "-infinity".to_owned(),
        at => format!("{} {}", civil(at.div_euclid(DAY)), clock(at.rem_euclid(DAY))),
    }
}

/// As many digits of a second as it takes, none or six: the form that our own fields write.
fn clock(microseconds: i64) -> String {
    let (seconds, fraction) = (microseconds / 1_000_000, microseconds % 1_000_000);
    let whole = format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if fraction == 0 { whole } else { format!("{whole}.{fraction:06}") }
}

/// The day of the calendar that is so many days after the first of January 2000.
///
/// <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>
fn civil(days: i64) -> String {
    let days = days + 10_957 + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    if (0..=9999).contains(&year) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:+05}-{month:02}-{day:02}")
    }
}

impl Inserts for PgConnection {
    /// Values are literals without a type of their own, so that each takes the type of its column: a text becomes a `uuid`,
    /// a `numeric` or a `jsonb` where the column is one, which a bound text would not.
    ///
    /// <https://www.postgresql.org/docs/current/typeconv-query.html>
    async fn insert_row(
        &mut self,
        table: &str,
        values: &[(&str, Value)],
        auto: Option<&str>,
    ) -> Result<i64, sqlx::Error> {
        let literals = values.iter().map(|(column, value)| literal(value).map_err(|why| refused(column, why)));
        let mut sql =
            insert_statement(quote, "DEFAULT VALUES", table, values, &literals.collect::<Result<Vec<_>, _>>()?);
        let Some(auto) = auto else {
            sqlx::query(AssertSqlSafe(sql)).persistent(false).execute(self).await?;
            return Ok(0);
        };
        let _ = write!(sql, " RETURNING {}", quote(auto));
        let row = sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch_one(self).await?;
        row.try_get_unchecked(0)
    }
}

fn literal(value: &Value) -> Result<String, WrongValue> {
    Ok(match value {
        Value::Null => "NULL".to_owned(),
        Value::Boolean(value) => value.to_string().to_uppercase(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format!("'{number:?}'"),
        Value::Text(text) if text.contains('\0') => {
            return Err(WrongValue::instead_of("a text with a NUL character", "a text that PostgreSQL can store"));
        }
        // Escapes mean the same whatever `standard_conforming_strings` is on the connection of the caller.
        Value::Text(text) => format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''")),
        Value::Binary(bytes) => {
            let digits = bytes.iter().fold(String::new(), |mut digits, byte| {
                let _ = write!(digits, "{byte:02x}");
                digits
            });
            format!("E'\\\\x{digits}'")
        }
        Value::Refused(why) => return Err(why.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_are_those_of_the_calendar() {
        assert_eq!(civil(0), "2000-01-01");
        assert_eq!(civil(-10_957), "1970-01-01");
        assert_eq!(civil(8_825), "2024-02-29");
        assert_eq!(civil(-730_486), "-0001-12-31");
        assert_eq!(moment(-1), "1999-12-31 23:59:59.999999");
        assert_eq!(moment(DAY + 3_600_000_000), "2000-01-02 01:00:00");
    }

    #[test]
    fn a_text_stays_a_text() {
        let text = |text: &str| literal(&Value::Text(text.to_owned())).unwrap();
        assert_eq!(text(r"it's \' OR 1"), r"E'it''s \\'' OR 1'");
        assert!(literal(&Value::Text("a\0b".to_owned())).is_err());
        assert_eq!(literal(&Value::Binary(vec![0, 255])).unwrap(), r"E'\\x00ff'");
    }
}
