//! What replaces a table by a new one, for the database that cannot change it in place.

use super::Source;

/// A statement of a rebuild.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rebuild {
    /// Every row of one table into another.
    CopyRows {
        /// The table that has the rows.
        from: String,
        /// The table that gets them.
        to: String,
        /// The columns that get a value, and where it comes from; any other takes its default.
        columns: Vec<(String, Source)>,
        /// The columns that stay behind, named in a comment: the executor refuses to lose one that the text does not name.
        dropped: Vec<String>,
    },
    /// Makes a table forget its counter of automatic numbers.
    ForgetCounter {
        /// The table.
        table: String,
    },
    /// Gives a table the counter of another, so that no number that was ever given comes back.
    CopyCounter {
        /// The table that has the counter.
        from: String,
        /// The table that gets it.
        to: String,
    },
}
