//! The registry: every data migration of every crate that the program names.

use super::DataMigration;

/// One function, submitted by `#[data_migration]`.
#[derive(Clone, Copy, Debug)]
pub struct Registration(pub &'static DataMigration);

inventory::collect!(Registration);

/// The data migrations of this program, sorted by id.
#[must_use]
pub fn registered() -> Vec<&'static DataMigration> {
    let mut functions: Vec<&'static DataMigration> = inventory::iter::<Registration>().map(|r| r.0).collect();
    functions.sort_by_key(|function| (function.id, function.source.file, function.source.line));
    functions
}
