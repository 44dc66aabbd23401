//! What a row must not be when a migration runs.

use std::collections::BTreeMap;

use super::PairMove;
use crate::field::{Literal, Sql};
use crate::pair::Pair;
use crate::schema::{CheckExpression, Column, ForeignKey};

/// The collations of columns that are about to get another one.
pub type Collations = BTreeMap<String, String>;

/// A value that rows get in a column of a foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The column.
    pub column: Column,
    /// The value.
    pub value: Literal,
    /// The column is new, and every row gets it; else those that have none.
    pub new: bool,
}

/// The rows that a verification counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Every row.
    Any,
    /// Rows without a value in the column.
    Null {
        /// The column.
        column: String,
    },
    /// Groups of rows that share the values of the columns.
    Duplicate {
        /// The columns.
        columns: Vec<String>,
        /// The rows that count at all.
        among: Option<Sql>,
        /// An expression after the columns.
        expression: Option<Sql>,
        /// How they compare.
        collations: Collations,
    },
    /// Rows that break a check.
    Breaks(CheckExpression),
    /// Rows that refer to a row which is not there.
    Orphan {
        /// The foreign key.
        key: ForeignKey,
        /// How its columns compare.
        collations: Collations,
    },
    /// Rows that would refer to a row which is not there, by a value that they get.
    Astray {
        /// The foreign key.
        key: ForeignKey,
        /// The values, of its columns that get one.
        given: Vec<Given>,
    },
    /// Any row that the foreign key binds: none of its columns is NULL.
    Refers(ForeignKey),
    /// Rows that are pairs and were not moved.
    Parted(Box<PairMove>),
    /// Rows whose value is, as text, none of the list.
    Unlisted {
        /// The column.
        column: String,
        /// The list.
        values: Vec<String>,
    },
    /// Rows for which the expression makes a text that is none of the list.
    UnlistedBy {
        /// The expression.
        expression: Sql,
        /// The list.
        values: Vec<String>,
    },
    /// Rows whose value would not survive a change of type.
    Lossy(Box<Pair<Column>>),
}
