//! The order between migrations: what must be applied before what, in one fixed sequence.

mod branch;
mod build;
mod ends;
mod query;
#[cfg(test)]
mod tests;
mod touched;

pub use touched::Unordered;

use std::collections::{BTreeMap, BTreeSet};

use super::{Migration, Places};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::name::{AppLabel, MigrationName, MigrationRef};

/// The migrations of all apps, and the order between them.
///
/// The order is Kahn's, taking the least name of those that are ready: the same files give the same sequence on every
/// machine, whatever order they were read in.
#[derive(Clone, Debug)]
pub struct Graph {
    /// Sorted by name.
    nodes: Vec<MigrationRef>,
    /// Of each node, what must be applied before.
    parents: Vec<BTreeSet<usize>>,
    /// Of each node, what must be applied after.
    children: Vec<BTreeSet<usize>>,
    /// The nodes in the order in which they apply.
    order: Vec<usize>,
}

impl Graph {
    /// Orders the migrations; refuses missing ones, cycles, and an app with several leaves.
    pub fn new(migrations: &[Migration]) -> Result<Self, Diagnostics> {
        let graph = Self::with_conflicts(migrations)?;
        let found = graph.several_heads(&nowhere);
        if found.is_empty() { Ok(graph) } else { Err(found) }
    }

    /// Orders the migrations, and lets an app have several leaves: for the command that merges them.
    pub fn with_conflicts(migrations: &[Migration]) -> Result<Self, Diagnostics> {
        Self::of_files(migrations, &nowhere)
    }

    /// The same, with the places in their files where something is wrong.
    pub fn of_files(migrations: &[Migration], places: &Places<'_>) -> Result<Self, Diagnostics> {
        let mut nodes: Vec<MigrationRef> = migrations.iter().map(Migration::reference).collect();
        nodes.sort();
        let empty = vec![BTreeSet::new(); nodes.len()];
        let mut graph = Self { nodes, parents: empty.clone(), children: empty, order: Vec::new() };
        let mut found = graph.duplicates();
        let (edges, faults) = graph.edges(migrations, places);
        found.extend(faults);
        if found.has_errors() {
            return Err(found);
        }
        graph.order = graph.sorted_by(|node| node).map_err(|circle| graph.circle(&circle, &edges, places))?;
        Ok(graph)
    }

    /// The apps with more than one last migration, as errors.
    #[must_use]
    pub fn several_heads(&self, places: &Places<'_>) -> Diagnostics {
        let conflicts = self.conflicts();
        Diagnostics(conflicts.iter().map(|(app, leaves)| several_heads(app, leaves, places)).collect())
    }

    /// The migrations in the order in which they apply.
    #[must_use]
    pub fn order(&self) -> Vec<MigrationRef> {
        self.order.iter().map(|&i| self.nodes[i].clone()).collect()
    }

    /// True where there is such a migration.
    #[must_use]
    pub fn contains(&self, migration: &MigrationRef) -> bool {
        self.index(migration).is_some()
    }

    /// The last migration of each app.
    #[must_use]
    pub fn leaves(&self) -> BTreeMap<AppLabel, MigrationName> {
        let leaves = self.apps().into_iter().filter_map(|app| Some((app.clone(), self.leaves_of(app).pop()?)));
        leaves.collect()
    }

    /// The last migrations of each app: one, unless branches each have theirs.
    #[must_use]
    pub fn heads(&self) -> BTreeMap<AppLabel, Vec<MigrationName>> {
        self.apps().into_iter().map(|app| (app.clone(), self.leaves_of(app))).collect()
    }

    /// The apps with more than one last migration, and which those are.
    #[must_use]
    pub fn conflicts(&self) -> BTreeMap<AppLabel, Vec<MigrationName>> {
        self.heads().into_iter().filter(|(_, leaves)| leaves.len() > 1).collect()
    }

    /// True where `earlier` always applies before `later`.
    #[must_use]
    pub fn precedes(&self, earlier: &MigrationRef, later: &MigrationRef) -> bool {
        let (Some(earlier), Some(later)) = (self.index(earlier), self.index(later)) else { return false };
        earlier != later && self.is_before(earlier, later)
    }

    fn index(&self, migration: &MigrationRef) -> Option<usize> {
        self.nodes.binary_search(migration).ok()
    }

    fn is_before(&self, earlier: usize, later: usize) -> bool {
        reach(&self.parents, std::iter::once(later)).contains(&earlier)
    }

    fn apps(&self) -> BTreeSet<&AppLabel> {
        self.nodes.iter().map(|node| &node.app).collect()
    }

    /// The migrations of the app that no other of the app comes after, not even by way of another app.
    fn leaves_of(&self, app: &AppLabel) -> Vec<MigrationName> {
        self.ends_of(app, &self.children).into_iter().map(|i| self.nodes[i].name.clone()).collect()
    }
}

fn nowhere(_: &MigrationRef, _: Option<&MigrationRef>) -> Option<Location> {
    None
}

/// An app with more than one last migration, as an error.
#[must_use]
pub fn several_heads(app: &AppLabel, leaves: &[MigrationName], places: &Places<'_>) -> Diagnostic {
    let last = leaves.last().map(|leaf| MigrationRef::new(app.clone(), leaf.clone()));
    let names: Vec<String> = leaves.iter().map(|name| format!("`{name}`")).collect();
    Diagnostic::error("E224", format!("app `{app}` has several last migrations: {}", names.join(" and ")))
        .at_opt(last.and_then(|last| places(&last, None)))
        .note("two branches each added one")
        .help("`makemigrations --merge` puts one behind the other, where their order makes no difference")
}

/// The nodes at `starts`, and all that their edges lead to.
fn reach(edges: &[BTreeSet<usize>], starts: impl Iterator<Item = usize>) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<usize> = starts.collect();
    while let Some(node) = open.pop() {
        if reached.insert(node) {
            open.extend(edges[node].iter().copied());
        }
    }
    reached
}
