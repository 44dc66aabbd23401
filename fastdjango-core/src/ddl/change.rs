//! What is done to tables, of whichever kind.

use super::{Alter, Statement};

/// One change on the way of a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// One that every dialect writes.
    Statement(Statement),
    /// One of a table in place.
    Alter(Alter),
}
