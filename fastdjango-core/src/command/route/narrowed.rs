//! The migrations of the apps that live in a database, in the order that all of them have.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::directory::Directory;
use super::relations::crossing;
use super::{Route, list};
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result};
use crate::migration::{self, Graph, Migration};
use crate::name::{AppLabel, MigrationRef, ModelRef};

/// What the migrations of one database must not be asked for, since it is elsewhere.
#[derive(Clone, Debug)]
pub(in crate::command) struct Beyond {
    route: Arc<Route>,
    /// The migrations that touch a model of an app which lives elsewhere.
    crossing: BTreeMap<MigrationRef, ModelRef>,
}

impl Route {
    /// The directory of this database.
    pub(super) fn narrowed(self: &Arc<Self>, whole: &Directory) -> Result<Directory> {
        let here = |name: &MigrationRef| self.is_here(&name.app);
        let own = |migration: &Migration| Migration {
            dependencies: nearest(&here, &whole.graph, whole.graph.parents(&migration.reference())),
            before: Vec::new(),
            ..migration.clone()
        };
        // The parts of a squash are no nodes of the graph; what they name is.
        let part = |migration: &Migration| Migration {
            dependencies: nearest(
                &here,
                &whole.graph,
                migration.dependencies.iter().flat_map(|name| whole.graph.meant(name)).collect(),
            ),
            before: Vec::new(),
            ..migration.clone()
        };
        let kept = whole.migrations.iter().filter(|(name, _)| here(name));
        let migrations: BTreeMap<_, _> = kept.map(|(name, migration)| (name.clone(), own(migration))).collect();
        let replaced = whole.replaced.iter().filter(|(name, _)| here(name));
        let replaced = replaced.map(|(name, migration)| (name.clone(), part(migration))).collect();
        let all: Vec<Migration> = migrations.values().cloned().collect();
        let graph = Graph::new(&all).map_err(Error::invalid)?;
        let beyond = Some(Beyond { route: Arc::clone(self), crossing: self.crossing(whole) });
        Ok(Directory { replaced, beyond, ..whole.holding(migrations, graph) })
    }

    fn crossing(&self, whole: &Directory) -> BTreeMap<MigrationRef, ModelRef> {
        let touched = migration::touched(&whole.migrations, &whole.graph.order());
        let here = touched.into_iter().filter(|(name, _)| self.is_here(&name.app));
        let crossing = here
            .filter_map(|(name, touched)| Some((name, touched.into_iter().find(|model| !self.is_here(&model.app))?)));
        crossing.collect()
    }
}

impl Beyond {
    /// Refuses the name of an app that lives elsewhere.
    pub(in crate::command) fn lives_here(&self, app: &AppLabel) -> Result<()> {
        self.route.lives_here(app)
    }

    /// Why a migration cannot run here, or be undone: it is about a table that is in another database.
    pub(in crate::command) fn crosses(&self, migration: &MigrationRef) -> Option<Diagnostic> {
        let model = self.crossing.get(migration)?;
        let (app, other) = (&migration.app, &model.app);
        let (database, homes) = (&self.route.database, list(self.route.elsewhere.get(other)?));
        let fault = crossing(format!("`{migration}` is about `{model}`, which is not in `{database}`"))
            .note("what a migration does, it does in one database")
            .note(format!("`{other}` lives in {homes}"))
            .note("nothing was run");
        Some(fault
            .help(format!("where `{database}` still has the tables of `{other}`: let it live there again until this has run"))
            .help(format!("where the models of `{app}` no longer refer to it: `squashmigrations {app}` makes one migration that never did")))
    }
}

/// The migrations themselves where they are here; else the last ones before them that are. What is elsewhere is no step of this
/// database, and yet orders those around it.
fn nearest(here: &impl Fn(&MigrationRef) -> bool, graph: &Graph, mut open: Vec<MigrationRef>) -> Vec<MigrationRef> {
    let (mut found, mut seen) = (BTreeSet::new(), BTreeSet::new());
    while let Some(next) = open.pop() {
        if here(&next) {
            found.insert(next);
        } else if seen.insert(next.clone()) {
            open.extend(graph.parents(&next));
        }
    }
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(name: &str, dependencies: &[&str]) -> Migration {
        let reference: MigrationRef = name.parse().unwrap();
        let dependencies = dependencies.iter().map(|name| name.parse().unwrap()).collect();
        Migration { dependencies, ..Migration::new(reference.app, reference.name, Vec::new()) }
    }

    #[test]
    fn what_is_elsewhere_orders_those_around_it() {
        let all = [
            after("a.0001_a", &[]),
            after("a.0002_a", &["a.0001_a"]),
            after("x.0001_x", &["a.0001_a"]),
            after("x.0002_x", &["x.0001_x", "y.0001_y"]),
            after("y.0001_y", &["a.0002_a"]),
            after("b.0001_b", &["x.0002_x"]),
        ];
        let graph = Graph::new(&all).unwrap();
        let here = |name: &MigrationRef| ["a", "b"].contains(&name.app.as_str());
        let before = |name: &str| {
            let found = nearest(&here, &graph, graph.parents(&name.parse().unwrap()));
            found.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(before("b.0001_b"), ["a.0001_a", "a.0002_a"]);
        assert_eq!(before("a.0002_a"), ["a.0001_a"]);
        assert!(before("a.0001_a").is_empty());
    }
}
