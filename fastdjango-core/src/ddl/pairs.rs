//! Where pairs of rows are kept, and what goes from one place to another.

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

/// Pairs that go from one place to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairMove {
    /// Where they are.
    pub from: PairPlace,
    /// Where they go.
    pub to: PairPlace,
    /// What the other side is called there, where it is another value of the same row.
    pub by: Option<Lookup>,
}

/// A table in which one value of a row is found by another one, both of which no two rows share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// The table.
    pub table: String,
    /// The column of the value that is there.
    pub known: String,
    /// The column of the value that is to be.
    pub wanted: String,
}
