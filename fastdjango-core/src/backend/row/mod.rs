//! Rows of a driver as values, and values as a driver's arguments.

#[cfg(feature = "mysql")]
pub(super) mod mysql;
#[cfg(feature = "postgres")]
pub(super) mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(feature = "sqlite")]
pub use sqlite::bind;

use crate::data::Selected;
use crate::model::{Columns, DecodeError, FieldDef, Model, Record, Value};

/// Reads a struct from a row: what `sqlx::FromRow` of a derived model does.
pub fn read<R: Record>(row: &impl Columns) -> Result<R, sqlx::Error> {
    R::read(row).map_err(|error| sqlx::Error::ColumnDecode { index: error.column, source: error.source })
}

/// All values of a row, in the order of its columns.
pub(super) fn selected<R: sqlx::Row + Columns>(row: &R) -> Result<Selected, sqlx::Error> {
    let value = |column: &<R::Database as sqlx::Database>::Column| {
        let name = sqlx::Column::name(column);
        let value =
            row.value(name).map_err(|error| sqlx::Error::ColumnDecode { index: error.column, source: error.source })?;
        Ok((name.to_owned(), value))
    };
    row.columns().iter().map(value).collect()
}

/// A connection that rows can be inserted on: each driver's own, a pool's, or that of a transaction.
pub trait Inserts {
    /// Inserts columns and their values, and returns the key that the database gave to the column `auto`.
    fn insert_row(
        &mut self,
        table: &str,
        values: &[(&str, Value)],
        auto: Option<&str>,
    ) -> impl Future<Output = Result<i64, sqlx::Error>> + Send;
}

impl<DB: sqlx::Database<Connection: Inserts>> Inserts for sqlx::Transaction<'_, DB> {
    fn insert_row(
        &mut self,
        table: &str,
        values: &[(&str, Value)],
        auto: Option<&str>,
    ) -> impl Future<Output = Result<i64, sqlx::Error>> + Send {
        (**self).insert_row(table, values, auto)
    }
}

impl<DB: sqlx::Database<Connection: Inserts>> Inserts for sqlx::pool::PoolConnection<DB> {
    fn insert_row(
        &mut self,
        table: &str,
        values: &[(&str, Value)],
        auto: Option<&str>,
    ) -> impl Future<Output = Result<i64, sqlx::Error>> + Send {
        (**self).insert_row(table, values, auto)
    }
}

/// Inserts a row, and returns the key that the database gave where the key is `auto`; elsewhere it says nothing.
///
/// Columns that the database fills in (`auto`, `generated`) are left out; a default is not, since the struct has a value.
pub async fn insert<M: Model + Record>(connection: &mut impl Inserts, row: &M) -> Result<i64, sqlx::Error> {
    let mut values = Vec::new();
    row.write(&mut values);
    let mut fields = M::DEF.fields.iter().copied().flatten();
    let auto = fields.find(|field| field.auto).map(FieldDef::column_name);
    connection.insert_row(M::TABLE, &values, auto).await
}

/// Inserts columns and their values into a table; on `SQLite` it returns the new `rowid`.
pub async fn insert_values(
    connection: &mut impl Inserts,
    table: &str,
    values: &[(&str, Value)],
) -> Result<i64, sqlx::Error> {
    connection.insert_row(table, values, None).await
}

/// Into a table, quoted already: the names of the columns, and what stands for the values of a row; `nothing` is what a row of
/// defaults alone says.
fn insert_statement(
    quote: fn(&str) -> String,
    nothing: &str,
    into: &str,
    values: &[(&str, Value)],
    row: &[String],
) -> String {
    if values.is_empty() {
        return format!("INSERT INTO {into} {nothing}");
    }
    let columns: Vec<String> = values.iter().map(|(column, _)| quote(column)).collect();
    format!("INSERT INTO {into} ({}) VALUES ({})", columns.join(", "), row.join(", "))
}

fn refused(column: &str, why: impl Into<sqlx::error::BoxDynError>) -> sqlx::Error {
    sqlx::Error::Encode(DecodeError::new(column, why).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::names::quote;

    #[test]
    fn names_are_quoted() {
        let values = [("a\"b", Value::Null), ("order", Value::Integer(1))];
        let row = ["?".to_owned(), "?".to_owned()];
        assert_eq!(
            insert_statement(quote, "DEFAULT VALUES", "\"t\"", &values, &row),
            r#"INSERT INTO "t" ("a""b", "order") VALUES (?, ?)"#
        );
        assert_eq!(insert_statement(quote, "DEFAULT VALUES", "\"t\"", &[], &[]), r#"INSERT INTO "t" DEFAULT VALUES"#);
    }
}
