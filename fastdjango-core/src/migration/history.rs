//! What the migrations lead to: their operations, applied to the empty state in order.

use std::collections::BTreeMap;

use super::Migration;
use crate::diagnostic::{Diagnostic, Location};
use crate::name::MigrationRef;
use crate::operation::Touched;
use crate::state::ProjectState;

/// Applies the operations of `migrations`, in the order given, to `state`.
///
/// An error names the migration and the operation, from 1.
pub fn advance<'m>(
    state: &mut ProjectState,
    migrations: impl IntoIterator<Item = &'m Migration>,
) -> Result<(), Diagnostic> {
    for migration in migrations {
        for (i, operation) in migration.operations.iter().enumerate() {
            operation.apply(&migration.app, state).map_err(|fault| placed(fault, migration, i))?;
        }
    }
    Ok(())
}

/// The state after the migrations of `order`; those that are not among `migrations` are left out.
pub fn history_state(migrations: &[Migration], order: &[MigrationRef]) -> Result<ProjectState, Diagnostic> {
    let by_name: BTreeMap<MigrationRef, &Migration> = migrations.iter().map(|m| (m.reference(), m)).collect();
    let mut state = ProjectState::default();
    advance(&mut state, order.iter().filter_map(|name| by_name.get(name).copied()))?;
    Ok(state)
}

/// What each migration of `order` touches, given what those before it leave; ends at an operation that does not fit.
#[must_use]
pub fn touched(
    migrations: &BTreeMap<MigrationRef, Migration>,
    order: &[MigrationRef],
) -> BTreeMap<MigrationRef, Touched> {
    let mut state = ProjectState::default();
    let mut all = BTreeMap::new();
    for reference in order {
        let Some(migration) = migrations.get(reference) else { continue };
        let mut touched = Touched::default();
        let fits = migration.operations.iter().all(|op| touched.follow(&migration.app, op, &mut state).is_ok());
        all.insert(reference.clone(), touched);
        // Who needs the state replays it, and is told then.
        if !fits {
            break;
        }
    }
    all
}

fn placed(fault: Diagnostic, migration: &Migration, index: usize) -> Diagnostic {
    let file = Location { file: format!("{}/{}.toml", migration.app, migration.name), line: 0, column: 0 };
    let place = fault.location.clone().unwrap_or(file);
    let operation = format!("operation {} of `{}`", index + 1, migration.reference());
    fault.at(place).note(format!("in {operation}"))
}
