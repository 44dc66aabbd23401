//! Rows and arguments of `MySQL` and `MariaDB`.

use sqlx::error::BoxDynError;
use sqlx::mysql::{MySqlArguments, MySqlRow};
use sqlx::{AssertSqlSafe, MySql, MySqlConnection, Row, Type, TypeInfo, ValueRef};

use super::{Inserts, insert_statement, refused};
use crate::backend::mysql::names::SPELLING;
use crate::model::{Columns, DecodeError, Value, WrongValue};

impl Columns for MySqlRow {
    fn value(&self, column: &str) -> Result<Value, DecodeError> {
        value(self, column).map_err(|error| DecodeError::new(column, error))
    }
}

/// Reads what a column holds, in the form in which a field of its type is kept on every database.
fn value(row: &MySqlRow, column: &str) -> Result<Value, BoxDynError> {
    let raw = row.try_get_raw(column)?;
    let info = raw.type_info().into_owned();
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let name = info.name();
    Ok(match name {
        "BIGINT UNSIGNED" => {
            let number: u64 = row.try_get_unchecked(column)?;
            i64::try_from(number).map_or_else(|_| Value::Text(number.to_string()), Value::Integer)
        }
        "BOOLEAN" | "YEAR" => Value::Integer(row.try_get_unchecked(column)?),
        "FLOAT" => Value::Real(f64::from(row.try_get_unchecked::<f32, _>(column)?)),
        "DOUBLE" => Value::Real(row.try_get_unchecked(column)?),
        _ if name.contains("INT") => Value::Integer(row.try_get_unchecked(column)?),
        _ => {
            let bytes: Vec<u8> = row.try_get_unchecked(column)?;
            match name {
                "DATE" | "DATETIME" | "TIMESTAMP" => Value::Text(moment(name, &bytes)?),
                "TIME" => Value::Text(clock(&bytes)?),
                // A text that compares by its bytes has the name of bytes, and the collation of a text.
                _ if is_bytes(name) && !<str as Type<MySql>>::compatible(&info) => Value::Binary(bytes),
                _ => Value::Text(String::from_utf8(bytes)?),
            }
        }
    })
}

fn is_bytes(name: &str) -> bool {
    name.ends_with("BLOB") || name.ends_with("BINARY") || name == "BIT" || name == "GEOMETRY"
}

/// A day, or a day and a time: text in the one protocol; in the other a length, and then year, month, day, and so on.
///
/// <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html>
fn moment(name: &str, bytes: &[u8]) -> Result<String, BoxDynError> {
    let Some((_, parts)) = bytes.split_first().filter(|(length, _)| **length < b'-') else { return text(bytes) };
    let part = |i: usize| parts.get(i).copied().unwrap_or(0);
    let day = format!("{:04}-{:02}-{:02}", u16::from_le_bytes([part(0), part(1)]), part(2), part(3));
    if name == "DATE" {
        return Ok(day);
    }
    let micros = u32::from_le_bytes([part(7), part(8), part(9), part(10)]);
    Ok(format!("{day} {:02}:{:02}:{:02}{}", part(4), part(5), part(6), fraction(micros)))
}

/// A time of the day, or as many hours as there are: a sign, days, hours, minutes, seconds, and millionths.
fn clock(bytes: &[u8]) -> Result<String, BoxDynError> {
    let Some((_, parts)) = bytes.split_first().filter(|(length, _)| **length < b'-') else { return text(bytes) };
    let part = |i: usize| parts.get(i).copied().unwrap_or(0);
    let hours = u32::from_le_bytes([part(1), part(2), part(3), part(4)]) * 24 + u32::from(part(5));
    let micros = u32::from_le_bytes([part(8), part(9), part(10), part(11)]);
    let sign = if part(0) == 1 { "-" } else { "" };
    Ok(format!("{sign}{hours:02}:{:02}:{:02}{}", part(6), part(7), fraction(micros)))
}

/// None or six digits of a second: the form that our own fields write.
fn fraction(micros: u32) -> String {
    if micros == 0 { String::new() } else { format!(".{micros:06}") }
}

/// The server writes as many digits as the column has, zeros too.
fn text(bytes: &[u8]) -> Result<String, BoxDynError> {
    let text = std::str::from_utf8(bytes)?;
    Ok(text.strip_suffix(".000000").unwrap_or(text).to_owned())
}

impl Inserts for MySqlConnection {
    /// Every name is quoted and every value bound: each takes the type of its column on the server.
    async fn insert_row(
        &mut self,
        table: &str,
        values: &[(&str, Value)],
        auto: Option<&str>,
    ) -> Result<i64, sqlx::Error> {
        let row = vec!["?".to_owned(); values.len()];
        let sql = insert_statement(SPELLING.quote, "() VALUES ()", &(SPELLING.quote)(table), values, &row);
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
        for (column, value) in values {
            query = bind(query, value.clone()).map_err(|why| refused(column, why))?;
        }
        let done = query.execute(self).await?;
        Ok(auto.and_then(|_| i64::try_from(done.last_insert_id()).ok()).unwrap_or(0))
    }
}

type Query<'q> = sqlx::query::Query<'q, MySql, MySqlArguments>;

/// Refuses a value that the server cannot store.
pub(in crate::backend) fn fits(value: &Value) -> Result<(), WrongValue> {
    bind(sqlx::query(""), value.clone()).map(|_| ())
}

pub(in crate::backend) fn bind(query: Query<'_>, value: Value) -> Result<Query<'_>, WrongValue> {
    Ok(match value {
        Value::Null => query.bind(None::<i64>),
        Value::Boolean(value) => query.bind(value),
        Value::Integer(number) => query.bind(number),
        Value::Real(number) if !number.is_finite() => {
            return Err(WrongValue::instead_of(number, "a number that MySQL can store"));
        }
        Value::Real(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
        Value::Binary(bytes) => query.bind(bytes),
        Value::List(_) => {
            return Err(WrongValue::instead_of("a list, and MySQL and MariaDB have no arrays", "a single value"));
        }
        Value::Refused(why) => return Err(why),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_from_both_protocols() {
        assert_eq!(moment("DATE", &[4, 232, 7, 2, 29]).unwrap(), "2024-02-29");
        assert_eq!(moment("DATETIME", &[4, 232, 7, 2, 29]).unwrap(), "2024-02-29 00:00:00");
        let at = [11, 232, 7, 2, 29, 1, 2, 3, 160, 134, 1, 0];
        assert_eq!(moment("DATETIME", &at).unwrap(), "2024-02-29 01:02:03.100000");
        assert_eq!(moment("DATETIME", b"2024-02-29 01:02:03.000000").unwrap(), "2024-02-29 01:02:03");
    }

    #[test]
    fn times_may_have_more_hours_than_a_day() {
        assert_eq!(clock(&[0]).unwrap(), "00:00:00");
        assert_eq!(clock(&[8, 1, 1, 0, 0, 0, 2, 3, 4]).unwrap(), "-26:03:04");
        assert_eq!(clock(&[12, 0, 0, 0, 0, 0, 23, 59, 59, 1, 0, 0, 0]).unwrap(), "23:59:59.000001");
        assert_eq!(clock(b"-838:59:59").unwrap(), "-838:59:59");
    }
}
