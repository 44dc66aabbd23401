//! A function that a migration calls by its id.

use std::pin::Pin;

use super::Data;
use crate::model::Source;

/// Why a function gave up: any error; the whole migration is rolled back with it, where the database can.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A function at work.
pub type Running<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>>;

/// A function with `#[data_migration]`.
#[derive(Clone, Copy, Debug)]
pub struct DataMigration {
    /// What migrations call it by: `blog::fill_slugs`, the package and the function, where the attribute says nothing else.
    pub id: &'static str,
    /// Begins it.
    pub run: for<'a, 'd> fn(&'a mut Data<'d>) -> Running<'a>,
    /// It may be begun anew after another session stood in its way: it does nothing outside the database.
    pub retry_safe: bool,
    /// Where it stands.
    pub source: Source,
}
