//! Every migration of a project, parsed and in order.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::diagnostic::{Diagnostic, Location};
use crate::error::{Error, Result};
use crate::migration::{Graph, Migration};
use crate::name::MigrationRef;
use crate::state::ProjectState;

/// The migrations of all apps, and the order between them.
#[derive(Clone, Debug)]
pub struct Directory {
    /// The migrations.
    pub migrations: BTreeMap<MigrationRef, Migration>,
    /// The order.
    pub graph: Graph,
    /// Where each file is.
    pub paths: BTreeMap<MigrationRef, PathBuf>,
}

impl Directory {
    /// True where there is no migration at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.migrations.is_empty()
    }

    /// The migration of that name.
    pub fn get(&self, reference: &MigrationRef) -> Result<&Migration> {
        self.migrations.get(reference).ok_or_else(|| {
            Error::invalid(Diagnostic::error("E601", format!("there is no migration `{reference}`")))
        })
    }

    /// The file of a migration.
    #[must_use]
    pub fn location(&self, migration: &Migration) -> Option<Location> {
        let path = self.paths.get(&migration.reference())?;
        Some(Location { file: path.display().to_string(), line: 0, column: 0 })
    }

    /// What the chosen migrations leave, applied in order.
    pub fn state_of(&self, chosen: impl Fn(&MigrationRef) -> bool) -> Result<ProjectState> {
        let mut state = ProjectState::default();
        for reference in self.graph.order().iter().filter(|reference| chosen(reference)) {
            self.advance(&mut state, self.get(reference)?)?;
        }
        Ok(state)
    }

    /// Applies one migration to the state before it.
    pub fn advance(&self, state: &mut ProjectState, migration: &Migration) -> Result<()> {
        for (position, operation) in migration.operations.iter().enumerate() {
            operation.apply(&migration.app, state).map_err(|diagnostic| {
                let place = format!("operation {} of `{}`", position + 1, migration.reference());
                Error::invalid(diagnostic.at_opt(self.location(migration)).note(place))
            })?;
        }
        Ok(())
    }
}
