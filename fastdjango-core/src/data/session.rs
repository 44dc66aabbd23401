//! What a data migration needs of a connection; the backend has it.

use std::pin::Pin;

use crate::dialect::Dialect;
use crate::error::Result;
use crate::model::Value;

/// What comes back from the database, some time.
pub type Reply<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// A row of a query: its values, by the names of its columns.
pub type Selected = Vec<(String, Value)>;

/// The open transaction of a migration.
///
/// Values are bound, never written into the text.
pub trait Session: Send {
    /// How the database writes names and types.
    fn dialect(&self) -> &dyn Dialect;

    /// What stands in a statement for its value of that number, from 1, in a column of the declared type; and the value in the form in
    /// which it is bound there.
    fn parameter(&self, number: usize, declared: &str, value: &Value) -> Result<(String, Value)>;

    /// Runs a statement; returns how many rows it wrote.
    fn execute<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> Reply<'a, u64>;

    /// Runs an INSERT of one row; returns what the database gave to the column `auto`.
    fn insert<'a>(&'a mut self, sql: &'a str, values: &'a [Value], auto: Option<&'a str>) -> Reply<'a, Option<i64>>;

    /// Runs a query.
    fn query<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> Reply<'a, Vec<Selected>>;
}
