//! Every migration of a project, parsed and in order.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::files::Loaded;
use crate::diagnostic::{Diagnostic, Location};
use crate::error::{Error, Result};
use crate::migration::{self, Graph, Migration};
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
    /// What each file says, word for word.
    pub texts: BTreeMap<MigrationRef, String>,
}

impl Directory {
    /// True where there is no migration at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.migrations.is_empty()
    }

    /// The migration of that name.
    pub fn get(&self, reference: &MigrationRef) -> Result<&Migration> {
        self.migrations
            .get(reference)
            .ok_or_else(|| Error::invalid(Diagnostic::error("E601", format!("there is no migration `{reference}`"))))
    }

    /// The file of a migration.
    #[must_use]
    pub fn location(&self, migration: &Migration) -> Option<Location> {
        let path = self.paths.get(&migration.reference())?;
        Some(Location { file: super::files::shown(path), line: 0, column: 0 })
    }

    /// Parses the files and puts the migrations in order; all faults of all files at once.
    pub fn parse(loaded: &Loaded) -> Result<Self> {
        let parsed = loaded.parse().map_err(Error::invalid)?;
        let graph = Graph::new(&parsed).map_err(Error::invalid)?;
        let paths = loaded.files().map(|file| (file.reference(), file.path.clone())).collect();
        let texts = loaded.files().map(|file| (file.reference(), file.text.clone())).collect();
        Ok(Self { migrations: parsed.into_iter().map(|m| (m.reference(), m)).collect(), graph, paths, texts })
    }

    /// What the chosen migrations leave, applied in order.
    pub fn state_of(&self, chosen: impl Fn(&MigrationRef) -> bool) -> Result<ProjectState> {
        let mut state = ProjectState::default();
        let order = self.graph.order();
        let chosen = order.iter().filter(|reference| chosen(reference)).filter_map(|name| self.migrations.get(name));
        migration::advance(&mut state, chosen)?;
        Ok(state)
    }
}
