//! The tables that a migration rebuilds, as the migrations before it declare them: the executor holds the live ones against
//! them.

use std::collections::BTreeSet;

use super::directory::Directory;
use crate::error::{Error, Result};
use crate::migration::{self, Migration, Step};
use crate::name::{AppLabel, MigrationRef};
use crate::operation::{Operation, leads_from};
use crate::schema::{Table, lower};
use crate::state::ProjectState;

/// The tables that the steps rebuild, in the state before them. Only the models that the operations touch are looked at.
pub(super) fn tables(
    app: &AppLabel,
    operations: &[Operation],
    before: &ProjectState,
    steps: &[Step],
) -> Result<Vec<Table>> {
    let rebuilt = migration::rebuilt(steps);
    if rebuilt.is_empty() {
        return Ok(Vec::new());
    }
    let mut declared = Vec::new();
    for nested in operations.iter().filter_map(Operation::for_the_database) {
        let before = leads_from(app, nested, before).map_err(Error::invalid)?;
        declared.extend(tables(app, nested, &before, steps)?);
    }
    let touched = operations.iter().flat_map(|operation| operation.touches(app, before)).collect();
    let lowered = lower(before, &touched).map_err(Error::invalid)?;
    // Only a database without types of its own rebuilds.
    let enums = before.enum_values();
    let tables = lowered.into_iter().map(|mut lowered| {
        lowered.table.check_enums(&enums);
        lowered.table
    });
    let is_new = |table: &Table| !declared.iter().any(|known: &Table| known.name == table.name);
    let is_rebuilt = |table: &Table| rebuilt.iter().any(|name| name.eq_ignore_ascii_case(&table.name));
    let own: Vec<Table> = tables.filter(|table| is_rebuilt(table) && is_new(table)).collect();
    declared.extend(own);
    Ok(declared)
}

/// A rollback on its way: which migrations still count, and what they declare.
pub(super) struct Undoing<'a> {
    directory: &'a Directory,
    applied: BTreeSet<MigrationRef>,
    /// None where nobody asked yet, or where an operation has no reverse.
    state: Option<ProjectState>,
}

impl<'a> Undoing<'a> {
    pub(super) fn new(directory: &'a Directory, applied: BTreeSet<MigrationRef>) -> Self {
        Self { directory, applied, state: None }
    }

    /// The tables that the way back of the migration rebuilds, while the migration is still applied.
    pub(super) fn tables(&mut self, migration: &Migration, steps: &[Step]) -> Result<Vec<Table>> {
        if migration::rebuilt(steps).is_empty() {
            return Ok(Vec::new());
        }
        let state = match self.state.take() {
            Some(state) => state,
            None => self.directory.state_of(|reference| self.applied.contains(reference))?,
        };
        let reversed: Vec<Operation> = migration.operations.iter().rev().filter_map(Operation::reverse).collect();
        let declared = tables(&migration.app, &reversed, &state, steps);
        self.state = Some(state);
        declared
    }

    /// The migration counts no more.
    pub(super) fn undo(&mut self, migration: &Migration) {
        self.applied.remove(&migration.reference());
        let reversed: Option<Vec<Operation>> = migration.operations.iter().rev().map(Operation::reverse).collect();
        self.state = self.state.take().zip(reversed).and_then(|(mut state, reversed)| {
            reversed.iter().try_for_each(|operation| operation.apply(&migration.app, &mut state)).ok().map(|()| state)
        });
    }
}
