//! Where pairs of rows are kept.

/// A table whose rows pair two values: a table of pairs, or any that has a key and refers to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairPlace {
    /// The table.
    pub table: String,
    /// The column of the one side.
    pub here: String,
    /// The column of the other side; a row without a value in it is no pair.
    pub there: String,
}
