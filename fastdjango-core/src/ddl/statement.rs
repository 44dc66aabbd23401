//! The statements.

use super::{Condition, PairMove};
use crate::schema::{Check, Column, ForeignKey, Index, Table};

/// A statement that a dialect can write; the planner makes only those that its dialect's capabilities allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// A table with its columns and constraints; its indexes are statements of their own.
    CreateTable(Box<Table>),
    /// A table goes, with its rows.
    DropTable {
        /// The table.
        table: String,
    },
    /// A table under a new name.
    RenameTable {
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
    /// A new column, and what constrains it alone.
    AddColumn {
        /// The table.
        table: String,
        /// The column.
        column: Box<Column>,
        /// Its foreign key.
        foreign_key: Option<Box<ForeignKey>>,
        /// Its checks.
        checks: Vec<Check>,
    },
    /// A column goes, with its values.
    DropColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A column under a new name.
    RenameColumn {
        /// The table.
        table: String,
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
    /// A new index.
    CreateIndex {
        /// The table.
        table: String,
        /// The index.
        index: Box<Index>,
    },
    /// An index goes.
    DropIndex {
        /// The table, which some dialects ask for.
        table: String,
        /// The index.
        index: String,
    },
    /// Every pair of one place into another.
    Pair(PairMove),
    /// Counts the rows that meet a condition.
    Count {
        /// The table.
        table: String,
        /// The condition.
        condition: Condition,
    },
}
