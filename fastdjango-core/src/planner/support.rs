//! What the backend cannot do, said before any SQL exists.

use super::TableChange;
use crate::diagnostic::Diagnostics;
use crate::dialect::Dialect;

/// Every refusal of every table that changes.
pub(super) fn refusals(changes: &[TableChange], dialect: &dyn Dialect) -> Diagnostics {
    let _ = (changes, dialect);
    Diagnostics::default()
}
