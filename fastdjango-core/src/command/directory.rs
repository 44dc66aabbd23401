//! Every migration of a project, parsed and in order.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::files::Loaded;
use super::snapshots::Previous;
use crate::detect::Past;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::error::{Error, Result};
use crate::migration::{self, Graph, Migration};
use crate::name::MigrationRef;
use crate::operation::Touched;
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
    ///
    /// Two migrations that touch one table, and that no dependency orders, are refused.
    pub fn parse(loaded: &Loaded) -> Result<Self> {
        let parsed = loaded.parse().map_err(Error::invalid)?;
        let graph = Graph::new(&parsed).map_err(Error::invalid)?;
        let paths = loaded.files().map(|file| (file.reference(), file.path.clone())).collect();
        let texts = loaded.files().map(|file| (file.reference(), file.text.clone())).collect();
        let migrations = parsed.into_iter().map(|migration| (migration.reference(), migration)).collect();
        let directory = Self { migrations, graph, paths, texts };
        let unordered = directory.unordered();
        if unordered.is_empty() { Ok(directory) } else { Err(Error::invalid(unordered)) }
    }

    pub(super) fn unordered(&self) -> Diagnostics {
        let touched = self.touched(&mut ProjectState::default());
        let faults = self.graph.check_order(&touched).into_iter().map(|pair| {
            let place = self.migrations.get(&pair.later).and_then(|later| self.location(later));
            pair.diagnostic().at_opt(place)
        });
        Diagnostics(faults.collect())
    }

    /// What each migration touches, applied to the state in order; ends at an operation that does not fit.
    fn touched(&self, state: &mut ProjectState) -> BTreeMap<MigrationRef, Touched> {
        let mut all = BTreeMap::new();
        for reference in self.graph.order() {
            let Some(migration) = self.migrations.get(&reference) else { continue };
            let mut touched = Touched::default();
            let fits = migration.operations.iter().all(|op| touched.follow(&migration.app, op, state).is_ok());
            all.insert(reference, touched);
            // Who needs the state replays it, and is told then.
            if !fits {
                break;
            }
        }
        all
    }

    /// What all migrations leave.
    pub(super) fn left(&self) -> Result<Previous> {
        let mut past = Past::default();
        for (reference, touched) in self.touched(&mut ProjectState::default()) {
            past.add(reference, &touched);
        }
        past.leaves = self.graph.leaves();
        Ok(Previous { state: self.state_of(|_| true)?, past, replayed: true })
    }

    /// What the migrations leave that come before one of them.
    pub(super) fn state_before(&self, reference: &MigrationRef) -> Result<ProjectState> {
        let order = self.graph.order();
        let before: BTreeSet<&MigrationRef> = order.iter().take_while(|other| *other != reference).collect();
        self.state_of(|other| before.contains(other))
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
