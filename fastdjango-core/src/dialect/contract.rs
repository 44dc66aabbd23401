//! What every dialect does.

use super::Capabilities;
use crate::field::{ColumnType, Engine};
use crate::pair::Pair;
use crate::schema::{Column, Schema};

/// What a change of a column's type does to its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conversion {
    /// The stored values are those of the new type already.
    Same,
    /// Every value has its like in the new type.
    Safe,
    /// Some values may not survive: they are counted before.
    Lossy,
    /// No value of the one type means one of the other: refused before any SQL exists.
    None,
}

/// How one database writes and reads; the algorithms are free functions that take a dialect.
pub trait Dialect: Send + Sync {
    /// The engine.
    fn engine(&self) -> Engine;

    /// What it can do.
    fn capabilities(&self) -> &Capabilities;

    /// The declared type of a column.
    fn column_type(&self, ty: &ColumnType) -> String;

    /// The type that a declared type stands for: the inverse of `column_type`, and a reading of what others declare.
    fn parse_type(&self, declared: &str) -> ColumnType;

    /// A name as an identifier; nothing else in the crate quotes.
    fn quote(&self, name: &str) -> String;

    /// A table as an identifier, with its schema where the database has schemas.
    fn quote_table(&self, table: &str) -> String;

    /// Writes a schema as it would read in this database's catalog, so that two sides can be compared.
    fn normalize(&self, schema: &mut Schema);

    /// What a change from one type to the other does to the values.
    fn conversion(&self, columns: Pair<&Column>) -> Conversion;

    /// The statement; total: what this database cannot do was refused when it was planned.
    #[cfg(feature = "render")]
    fn render(&self, statement: &crate::ddl::Statement) -> String;

    /// How a table that stays is changed.
    #[cfg(feature = "render")]
    fn changes(&self) -> Changes<'_>;
}

/// How a database changes a table beyond names and new columns.
#[cfg(feature = "render")]
#[derive(Clone, Copy)]
pub enum Changes<'a> {
    /// Where it stands.
    InPlace(&'a dyn InPlace),
    /// By a new table of the same rows.
    ByRebuild(&'a dyn ByRebuild),
}

/// What a dialect that alters in place writes besides.
#[cfg(feature = "render")]
pub trait InPlace: Dialect {
    /// The statements of changes that follow one another, in order: several of one change, or one of several.
    fn alter(&self, changes: &[crate::ddl::Change]) -> Vec<String>;
}

/// What a dialect that rebuilds writes besides.
#[cfg(feature = "render")]
pub trait ByRebuild: Dialect {
    /// The statement.
    fn rebuild(&self, rebuild: &crate::ddl::Rebuild) -> String;
}
