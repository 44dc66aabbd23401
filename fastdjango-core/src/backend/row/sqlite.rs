//! Rows and arguments of `SQLite`.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::sqlite::{SqliteArguments, SqliteArgumentsBuffer, SqliteConnection, SqliteRow, SqliteTypeInfo};
use sqlx::{AssertSqlSafe, Row, Sqlite, TypeInfo, ValueRef};

use super::{Inserts, insert_statement, refused};
use crate::backend::names::quote;
use crate::model::{Columns, DecodeError, Value, WrongValue};

impl Columns for SqliteRow {
    fn value(&self, column: &str) -> Result<Value, DecodeError> {
        sqlite_value(self, column).map_err(|error| DecodeError::new(column, error))
    }
}

/// Reads what a column holds, whatever type it was declared with.
///
/// `SQLite` stores a class with each value, and a column's declared type does not bind it:
/// <https://www.sqlite.org/datatype3.html>.
fn sqlite_value(row: &SqliteRow, column: &str) -> Result<Value, sqlx::Error> {
    let raw = row.try_get_raw(column)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    // The declared type would refuse, say, an integer in a column of decimals.
    Ok(match raw.type_info().name() {
        "INTEGER" => Value::Integer(row.try_get_unchecked(column)?),
        "REAL" => Value::Real(row.try_get_unchecked(column)?),
        "TEXT" => Value::Text(row.try_get_unchecked(column)?),
        _ => Value::Binary(row.try_get_unchecked(column)?),
    })
}

impl Inserts for SqliteConnection {
    /// Every name is quoted and every value bound: nothing of the text comes from a row.
    async fn insert_row(&mut self, table: &str, values: &[(&str, Value)], _: Option<&str>) -> Result<i64, sqlx::Error> {
        let row = vec!["?".to_owned(); values.len()];
        let mut query =
            sqlx::query(AssertSqlSafe(insert_statement(quote, "DEFAULT VALUES", &quote(table), values, &row)));
        for (column, value) in values {
            if let Some(why) = refusal(value) {
                return Err(refused(column, why));
            }
            query = bind(query, value.clone());
        }
        Ok(query.execute(self).await?.last_insert_rowid())
    }
}

type Query<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;

/// Binds a value as the next argument of a statement.
pub fn bind(query: Query<'_>, value: Value) -> Query<'_> {
    if let Some(why) = refusal(&value) {
        return query.bind(Refused(why));
    }
    match value {
        Value::Null | Value::List(_) | Value::Refused(_) => query.bind(None::<i64>),
        Value::Boolean(value) => query.bind(i64::from(value)),
        Value::Integer(value) => query.bind(value),
        Value::Real(value) => query.bind(value),
        Value::Text(value) => query.bind(value),
        Value::Binary(value) => query.bind(value),
    }
}

/// Why a value cannot be stored.
///
/// Bound as it is, NaN becomes NULL: <https://www.sqlite.org/floatingpoint.html>.
fn refusal(value: &Value) -> Option<WrongValue> {
    match value {
        Value::Refused(why) => Some(why.clone()),
        Value::Real(number) if number.is_nan() => {
            Some(WrongValue::instead_of("NaN, which SQLite would store as NULL", "a number"))
        }
        Value::List(_) => Some(WrongValue::instead_of("a list, and SQLite has no arrays", "a single value")),
        Value::Real(_) | Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Text(_) | Value::Binary(_) => {
            None
        }
    }
}

/// An argument that fails the statement it is bound to.
struct Refused(WrongValue);

impl sqlx::Type<Sqlite> for Refused {
    fn type_info() -> SqliteTypeInfo {
        <String as sqlx::Type<Sqlite>>::type_info()
    }
}

impl sqlx::Encode<'_, Sqlite> for Refused {
    fn encode_by_ref(&self, _: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        Err(self.0.clone().into())
    }
}
