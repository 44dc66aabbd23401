//! Rows and arguments of `PostgreSQL`.

mod array;
mod moment;
mod scalar;

use std::fmt::Write;

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgRow, PgTypeInfo, PgValueFormat};
use sqlx::{AssertSqlSafe, PgConnection, Postgres as Server, Row, TypeInfo, ValueRef};

use super::{Inserts, insert_statement, refused};
use crate::backend::names::quote;
use crate::dialect::{Dialect, Postgres};
use crate::model::{Columns, DecodeError, Value, WrongValue};
use array::{elements, in_array, list};
use scalar::{scalar, strange, written};

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
    match (name.strip_suffix("[]"), raw.format()) {
        (None, PgValueFormat::Binary) => scalar(&name, raw.as_bytes()?),
        (Some(element), PgValueFormat::Binary) => list(element, raw.as_bytes()?),
        (None, PgValueFormat::Text) => written(&name, raw.as_str()?),
        (Some(element), PgValueFormat::Text) => {
            let texts = elements(raw.as_str()?).ok_or_else(|| strange("array of several dimensions"))?;
            let value = |text: Option<String>| text.map_or(Ok(Value::Null), |text| written(element, &text));
            texts.into_iter().map(value).collect::<Result<_, _>>().map(Value::List)
        }
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
        let literals = literals.collect::<Result<Vec<_>, _>>()?;
        let mut sql =
            insert_statement(quote, "DEFAULT VALUES", &Postgres::DEFAULT.quote_table(table), values, &literals);
        let Some(auto) = auto else {
            sqlx::query(AssertSqlSafe(sql)).persistent(false).execute(self).await?;
            return Ok(0);
        };
        let _ = write!(sql, " RETURNING {}", quote(auto));
        let row = sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch_one(self).await?;
        row.try_get_unchecked(0)
    }
}

/// A value as the server reads it in a text; none for NULL.
pub(in crate::backend) fn text(value: &Value) -> Result<Option<String>, WrongValue> {
    Ok(Some(match value {
        Value::Null => return Ok(None),
        Value::Boolean(value) => value.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format!("{number:?}"),
        Value::Text(text) if text.contains('\0') => {
            return Err(WrongValue::instead_of("a text with a NUL character", "a text that PostgreSQL can store"));
        }
        Value::Text(text) => text.clone(),
        Value::Binary(bytes) => digits(bytes),
        Value::List(elements) => {
            let elements: Vec<String> = elements.iter().map(in_array).collect::<Result<_, _>>()?;
            format!("{{{}}}", elements.join(","))
        }
        Value::Refused(why) => return Err(why.clone()),
    }))
}

type Query<'q> = sqlx::query::Query<'q, Server, PgArguments>;

/// Binds a value as it is; a list as the text of an array.
pub(in crate::backend) fn bind(query: Query<'_>, value: Value) -> Query<'_> {
    match value {
        Value::Boolean(value) => query.bind(value),
        Value::Integer(number) => query.bind(number),
        Value::Real(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
        Value::Binary(bytes) => query.bind(bytes),
        // What cannot be bound was refused before.
        Value::List(_) | Value::Null | Value::Refused(_) => match text(&value) {
            Ok(Some(text)) => query.bind(text),
            Ok(None) | Err(_) => query.bind(Nothing),
        },
    }
}

/// NULL of whatever type the server finds for it.
///
/// <https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-PARSE>: zero leaves the type open.
struct Nothing;

impl sqlx::Type<Server> for Nothing {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(0))
    }
}

impl sqlx::Encode<'_, Server> for Nothing {
    fn encode_by_ref(&self, _: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Ok(IsNull::Yes)
    }
}

fn literal(value: &Value) -> Result<String, WrongValue> {
    Ok(match value {
        Value::Null => "NULL".to_owned(),
        Value::Boolean(value) => value.to_string().to_uppercase(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format!("'{number:?}'"),
        Value::Text(_) | Value::Binary(_) | Value::List(_) | Value::Refused(_) => {
            quoted(&text(value)?.unwrap_or_default())
        }
    })
}

/// Escapes mean the same whatever `standard_conforming_strings` is on the connection of the caller.
fn quoted(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().fold("\\x".to_owned(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_a_text() {
        let text = |text: &str| literal(&Value::Text(text.to_owned())).unwrap();
        assert_eq!(text(r"it's \' OR 1"), r"E'it''s \\'' OR 1'");
        assert!(literal(&Value::Text("a\0b".to_owned())).is_err());
        assert_eq!(literal(&Value::Binary(vec![0, 255])).unwrap(), r"E'\\x00ff'");
    }
}
