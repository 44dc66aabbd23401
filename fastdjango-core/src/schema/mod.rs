//! The state in SQL terms: tables, columns, indexes, constraints. Lowered from state, read from a catalog, and compared.

mod table;

pub use table::{Check, CheckExpression, Column, ForeignKey, Index, IndexColumn, Schema, Table, Unique};
