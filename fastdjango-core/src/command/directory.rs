//! Every migration of a project, parsed and in order.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::files::Loaded;
use super::route::Beyond;
use super::snapshots::Previous;
use crate::detect::Past;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::error::{Error, Result};
use crate::migration::{self, Graph, Migration};
use crate::name::{AppLabel, MigrationRef};
use crate::state::ProjectState;

/// The migrations of all apps, and the order between them.
#[derive(Clone, Debug)]
pub struct Directory {
    /// The migrations; of a squash and what it stands for, the squash.
    pub migrations: BTreeMap<MigrationRef, Migration>,
    /// Those whose files are there, and that a squash stands for.
    pub replaced: BTreeMap<MigrationRef, Migration>,
    /// The order.
    pub graph: Graph,
    /// Where each file is.
    pub paths: Arc<BTreeMap<MigrationRef, PathBuf>>,
    /// What each file says, word for word.
    pub texts: Arc<BTreeMap<MigrationRef, String>>,
    /// Where these are the migrations of one database: what is in others.
    pub(super) beyond: Option<Beyond>,
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

    /// Refuses the name of an app that lives in another database than this is the directory of.
    pub(super) fn lives_here(&self, app: &AppLabel) -> Result<()> {
        self.beyond.as_ref().map_or(Ok(()), |beyond| beyond.lives_here(app))
    }

    /// The migration that a file holds, whether or not a squash stands for it.
    pub(super) fn file(&self, reference: &MigrationRef) -> Option<&Migration> {
        self.migrations.get(reference).or_else(|| self.replaced.get(reference))
    }

    /// The migration that was called so before, where none is called so now.
    pub(super) fn once_called(&self, name: &MigrationRef) -> Option<&Migration> {
        let mut all = self.migrations.values().chain(self.replaced.values());
        if self.file(name).is_some() {
            return None;
        }
        all.find(|migration| migration.app == name.app && migration.formerly.contains(&name.name))
    }

    /// The migration of the app that `text` is the beginning of; of a part of a squash, it says so.
    pub(super) fn resolve(&self, app: &AppLabel, text: &str) -> Result<MigrationRef> {
        self.graph.resolve(app, text).map_err(|fault| {
            let part = self.replaced.keys().find(|part| part.app == *app && part.name.as_str().starts_with(text));
            let squash = part.and_then(|part| self.migrations.values().find(|squash| squash.replaces.contains(part)));
            Error::invalid(match part.zip(squash) {
                Some((part, squash)) => fault.note(format!("`{part}` is a part of `{}` now", squash.reference())),
                None => fault,
            })
        })
    }

    /// The same files with other migrations, in their order.
    pub(super) fn holding(&self, migrations: BTreeMap<MigrationRef, Migration>, graph: Graph) -> Self {
        let (paths, texts) = (Arc::clone(&self.paths), Arc::clone(&self.texts));
        Self { migrations, replaced: self.replaced.clone(), graph, paths, texts, beyond: self.beyond.clone() }
    }

    /// The same files with other migrations; refused where nothing orders two that touch one table.
    #[cfg(feature = "render")]
    pub(super) fn with(&self, migrations: BTreeMap<MigrationRef, Migration>) -> Result<Self> {
        let all: Vec<Migration> = migrations.values().cloned().collect();
        let graph = Graph::with_conflicts(&all).map_err(Error::invalid)?;
        let next = self.holding(migrations, graph);
        let unordered = next.unordered();
        if unordered.is_empty() { Ok(next) } else { Err(Error::invalid(unordered)) }
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
        let directory = Self::with_conflicts(loaded)?;
        let several = directory.graph.several_heads(&|by, named| directory.naming(by, named));
        if !several.is_empty() {
            return Err(Error::invalid(several));
        }
        let unordered = directory.unordered();
        if unordered.is_empty() { Ok(directory) } else { Err(Error::invalid(unordered)) }
    }

    /// The same where an app may have several last migrations, which nothing orders: for the command that merges them.
    pub(super) fn with_conflicts(loaded: &Loaded) -> Result<Self> {
        let parsed = loaded.parse().map_err(Error::invalid)?;
        let stood_for: BTreeSet<MigrationRef> =
            parsed.iter().flat_map(|migration| migration.replaces.clone()).collect();
        let (replaced, parsed): (Vec<_>, Vec<_>) = parsed.into_iter().partition(|m| stood_for.contains(&m.reference()));
        let paths = Arc::new(loaded.files().map(|file| (file.reference(), file.path.clone())).collect());
        let texts = Arc::new(loaded.files().map(|file| (file.reference(), file.text.clone())).collect());
        let graph = Graph::of_files(&parsed, &|by, name| naming(&paths, &texts, by, name)).map_err(Error::invalid)?;
        let named = |migrations: Vec<Migration>| migrations.into_iter().map(|m| (m.reference(), m)).collect();
        Ok(Self { migrations: named(parsed), replaced: named(replaced), graph, paths, texts, beyond: None })
    }

    /// Where the file of a migration names another one; of none, where it says what it depends on.
    pub(super) fn naming(&self, by: &MigrationRef, name: Option<&MigrationRef>) -> Option<Location> {
        naming(&self.paths, &self.texts, by, name)
    }

    pub(super) fn unordered(&self) -> Diagnostics {
        let touched = migration::touched(&self.migrations, &self.graph.order());
        let faults = self.graph.check_order(&touched).into_iter().map(|pair| {
            let place = self.migrations.get(&pair.later).and_then(|later| self.location(later));
            pair.diagnostic().at_opt(place)
        });
        Diagnostics(faults.collect())
    }

    /// What all migrations leave.
    pub(super) fn left(&self) -> Result<Previous> {
        let mut past = Past::default();
        for (reference, touched) in migration::touched(&self.migrations, &self.graph.order()) {
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

fn naming(
    paths: &BTreeMap<MigrationRef, PathBuf>,
    texts: &BTreeMap<MigrationRef, String>,
    by: &MigrationRef,
    name: Option<&MigrationRef>,
) -> Option<Location> {
    Some(migration::naming(&super::files::shown(paths.get(by)?), texts.get(by)?, name))
}
