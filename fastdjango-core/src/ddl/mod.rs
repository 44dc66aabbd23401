//! Statements of DDL as data, before any dialect.

mod condition;
mod source;
mod statement;

pub use condition::Condition;
pub use source::Source;
pub use statement::Statement;
