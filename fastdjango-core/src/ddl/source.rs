//! Where the values of a copied column come from.

use std::collections::BTreeMap;

use crate::field::{Default, Sql};
use crate::pair::Pair;
use crate::schema::Column;

/// The value that a row gets in a column of its new table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The value of a column, unchanged.
    Column(String),
    /// The value of a column, turned into another type.
    Convert(Box<Pair<Column>>),
    /// The same value in every row, written as the type of `column` demands.
    Fill {
        /// The column that it goes into.
        column: Box<Column>,
        /// The value.
        value: Default,
    },
    /// A value, but for texts that are called otherwise from now on.
    Renamed(Box<Source>, BTreeMap<String, String>),
    /// The first value, or the second where that is NULL.
    Coalesce(Box<Source>, Box<Source>),
    /// An expression over the columns of the old table.
    Sql(Sql),
}
