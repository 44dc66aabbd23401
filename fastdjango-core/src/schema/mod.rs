//! The state in SQL terms: tables, columns, indexes, constraints. Lowered from state, read from a catalog, and compared.

mod compare;
mod difference;
mod enums;
mod fragment;
mod join;
mod lower;
mod raise;
mod table;

pub use compare::{compare, compare_tables};
pub use difference::{ColumnDifference, Difference};
pub use enums::Enums;
pub use fragment::same_sql;
pub use lower::{Identity, Lowered, lower, lower_all};
pub use raise::{Found, Raised, raise};
pub use table::{Check, CheckExpression, Column, FULLTEXT, ForeignKey, Index, IndexColumn, Schema, Table, Unique};
