//! The order between migrations: what must be applied before what, in one fixed sequence.

use std::collections::{BTreeMap, BTreeSet};

use super::Migration;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::{AppLabel, MigrationName, MigrationRef};
use crate::source::nearest;

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
        let conflicts = graph.conflicts().into_iter().map(|(app, leaves)| conflict(&app, &leaves));
        let found = Diagnostics(conflicts.collect());
        if found.is_empty() { Ok(graph) } else { Err(found) }
    }

    /// Orders the migrations, and lets an app have several leaves: for the command that merges them.
    pub fn with_conflicts(migrations: &[Migration]) -> Result<Self, Diagnostics> {
        let mut nodes: Vec<MigrationRef> = migrations.iter().map(Migration::reference).collect();
        nodes.sort();
        let empty = vec![BTreeSet::new(); nodes.len()];
        let mut graph = Self { nodes, parents: empty.clone(), children: empty, order: Vec::new() };
        let mut found = graph.duplicates();
        found.extend(graph.link(migrations));
        if found.has_errors() {
            return Err(found);
        }
        graph.order = graph.sorted()?;
        Ok(graph)
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

    /// The apps with more than one last migration, and which those are.
    #[must_use]
    pub fn conflicts(&self) -> BTreeMap<AppLabel, Vec<MigrationName>> {
        let leaves = self.apps().into_iter().map(|app| (app.clone(), self.leaves_of(app)));
        leaves.filter(|(_, leaves)| leaves.len() > 1).collect()
    }

    /// The migration that `text` names: the whole name, or a beginning that only one has.
    pub fn resolve(&self, app: &AppLabel, text: &str) -> Result<MigrationRef, Diagnostic> {
        let of_app: Vec<&MigrationRef> = self.nodes.iter().filter(|node| node.app == *app).collect();
        if of_app.is_empty() {
            return Err(self.unknown_app(app));
        }
        if let Some(exact) = of_app.iter().find(|node| node.name == *text) {
            return Ok((*exact).clone());
        }
        let begun: Vec<&MigrationRef> = of_app.iter().copied().filter(|n| n.name.as_str().starts_with(text)).collect();
        match begun.as_slice() {
            [one] => Ok((*one).clone()),
            [] => {
                let fault = Diagnostic::error("E227", format!("no migration of app `{app}` is called `{text}`"));
                Err(match nearest(text, of_app.iter().map(|node| node.name.as_str())) {
                    Some(near) => fault.help(format!("did you mean `{near}`?")),
                    None => fault.help(format!("`fastdjango showmigrations {app}` lists them")),
                })
            }
            several => {
                let names: Vec<String> = several.iter().map(|node| format!("`{}`", node.name)).collect();
                let message = format!("`{text}` is the beginning of several migrations of app `{app}`");
                Err(Diagnostic::error("E228", message).note(names.join(", ")).help("give more of the name"))
            }
        }
    }

    /// What must be applied to have all of `targets`, in order.
    #[must_use]
    pub fn forwards(&self, targets: &BTreeSet<MigrationRef>, applied: &BTreeSet<MigrationRef>) -> Vec<MigrationRef> {
        let wanted = reach(&self.parents, targets.iter().filter_map(|target| self.index(target)));
        let missing = self.order.iter().filter(|i| wanted.contains(i) && !applied.contains(&self.nodes[**i]));
        missing.map(|&i| self.nodes[i].clone()).collect()
    }

    /// What must be undone so that `target` is the last of its app (none of the app, where there is no target):
    /// the app's later migrations and all that depend on those, dependents first.
    #[must_use]
    pub fn backwards(
        &self,
        app: &AppLabel,
        target: Option<&MigrationName>,
        applied: &BTreeSet<MigrationRef>,
    ) -> Vec<MigrationRef> {
        let of_app = |i: &usize| self.nodes[*i].app == *app;
        let later: BTreeSet<usize> = match target {
            None => (0..self.nodes.len()).filter(of_app).collect(),
            Some(name) => {
                let start = self.index(&MigrationRef::new(app.clone(), name.clone()));
                let after = start.into_iter().flat_map(|i| &self.children[i]).copied();
                reach(&self.children, after).into_iter().filter(of_app).collect()
            }
        };
        let undone = reach(&self.children, later.into_iter());
        let applied = self.order.iter().rev().filter(|i| undone.contains(i) && applied.contains(&self.nodes[**i]));
        applied.map(|&i| self.nodes[i].clone()).collect()
    }

    /// True where `earlier` always applies before `later`.
    #[must_use]
    pub fn precedes(&self, earlier: &MigrationRef, later: &MigrationRef) -> bool {
        let (Some(earlier), Some(later)) = (self.index(earlier), self.index(later)) else { return false };
        earlier != later && self.is_before(earlier, later)
    }
}

/// What a migration does with models: what orders it against others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Models whose tables it changes.
    pub changes: BTreeSet<crate::name::ModelRef>,
    /// Models that it refers to.
    pub reads: BTreeSet<crate::name::ModelRef>,
}

impl Graph {
    /// Refuses two migrations that no dependency orders where one changes a table that the other changes or refers to:
    /// their order would be chance, and so would be the SQL.
    #[must_use]
    pub fn check_order(&self, touched: &BTreeMap<MigrationRef, Touched>) -> Diagnostics {
        let mut users: BTreeMap<&crate::name::ModelRef, Vec<(usize, bool)>> = BTreeMap::new();
        for &i in &self.order {
            let Some(touched) = touched.get(&self.nodes[i]) else { continue };
            for model in touched.changes.union(&touched.reads) {
                users.entry(model).or_default().push((i, touched.changes.contains(model)));
            }
        }
        let mut found = BTreeMap::new();
        for (model, users) in users {
            for (earlier, later) in self.unordered(&users) {
                found.entry((later, earlier)).or_insert(model);
            }
        }
        let faults = found.into_iter().map(|((later, earlier), model)| {
            let (earlier, later) = (&self.nodes[earlier], &self.nodes[later]);
            let message = format!("nothing orders `{earlier}` and `{later}`, and both touch the table of `{model}`");
            let help = format!("add \"{earlier}\" to the dependencies of `{later}`, or the other way round");
            Diagnostic::error("E226", message).help(help)
        });
        Diagnostics(faults.collect())
    }

    /// The pairs that no path orders; each change is compared with all uses since the change before it, each use with that.
    fn unordered(&self, users: &[(usize, bool)]) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        let mut since: Vec<usize> = Vec::new();
        let mut changed: Option<usize> = None;
        for &(user, changes) in users {
            let before: Vec<usize> = if changes {
                changed.into_iter().chain(since.clone()).collect()
            } else {
                changed.into_iter().collect()
            };
            pairs.extend(before.into_iter().filter(|&earlier| !self.is_before(earlier, user)).map(|e| (e, user)));
            if changes {
                (changed, since) = (Some(user), Vec::new());
            } else {
                since.push(user);
            }
        }
        pairs
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
        let of_app = |i: &usize| self.nodes[*i].app == *app;
        let ends = (0..self.nodes.len()).filter(of_app).filter(|&i| !self.children[i].iter().any(of_app));
        let last = ends.filter(|&i| !reach(&self.children, self.children[i].iter().copied()).iter().any(of_app));
        last.map(|i| self.nodes[i].name.clone()).collect()
    }

    fn duplicates(&self) -> Diagnostics {
        let twice = self.nodes.windows(2).filter(|pair| pair[0] == pair[1]);
        let fault = |pair: &[MigrationRef]| {
            Diagnostic::error("E221", format!("there are two migrations `{}`", pair[0])).help("rename one of the files")
        };
        Diagnostics(twice.map(fault).collect())
    }

    /// Draws the edges; reports those that lead nowhere.
    fn link(&mut self, migrations: &[Migration]) -> Diagnostics {
        let aliases = aliases(migrations);
        let mut found = Diagnostics::default();
        for migration in migrations {
            let me = migration.reference();
            for (key, names) in [("dependencies", &migration.dependencies), ("before", &migration.before)] {
                for name in names {
                    let Some(other) = self.index(name).or_else(|| self.index(aliases.get(name)?)) else {
                        found.push(self.missing(&me, key, name));
                        continue;
                    };
                    let Some(mine) = self.index(&me) else { continue };
                    let (earlier, later) = if key == "before" { (mine, other) } else { (other, mine) };
                    self.parents[later].insert(earlier);
                    self.children[earlier].insert(later);
                }
            }
        }
        found
    }

    fn missing(&self, asker: &MigrationRef, key: &str, name: &MigrationRef) -> Diagnostic {
        let message = format!("`{asker}` names `{name}` in `{key}`, and there is no such migration");
        let fault = Diagnostic::error("E222", message);
        if !self.apps().contains(&name.app) {
            let apps = self.apps();
            let near = nearest(name.app.as_str(), apps.iter().map(|app| app.as_str()));
            return match near {
                Some(near) => fault.help(format!("there is no app `{}`; did you mean `{near}`?", name.app)),
                None => fault
                    .help(format!("app `{}` has no migrations here: is its crate among those of `main!`?", name.app)),
            };
        }
        let of_app = self.nodes.iter().filter(|node| node.app == name.app).map(|node| node.name.as_str());
        match nearest(name.name.as_str(), of_app) {
            Some(near) => fault.help(format!("did you mean `{}.{near}`?", name.app)),
            None => fault.help("bring the file back, or take the name out"),
        }
    }

    fn unknown_app(&self, app: &AppLabel) -> Diagnostic {
        let apps = self.apps();
        let fault = Diagnostic::error("E229", format!("app `{app}` has no migrations"));
        match nearest(app.as_str(), apps.iter().map(|app| app.as_str())) {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault.help("`fastdjango makemigrations` writes the first"),
        }
    }

    /// Kahn's order; where it comes to a stop, there is a cycle.
    fn sorted(&self) -> Result<Vec<usize>, Diagnostic> {
        let mut waiting: Vec<usize> = self.parents.iter().map(BTreeSet::len).collect();
        let mut ready: BTreeSet<usize> = (0..self.nodes.len()).filter(|&i| waiting[i] == 0).collect();
        let mut order = Vec::with_capacity(self.nodes.len());
        while let Some(next) = ready.pop_first() {
            order.push(next);
            for &child in &self.children[next] {
                waiting[child] -= 1;
                if waiting[child] == 0 {
                    ready.insert(child);
                }
            }
        }
        if order.len() == self.nodes.len() { Ok(order) } else { Err(self.cycle(&waiting)) }
    }

    /// Walks from a waiting node to a waiting parent until one comes again: those between are the cycle.
    fn cycle(&self, waiting: &[usize]) -> Diagnostic {
        let mut path: Vec<usize> = Vec::new();
        let mut next = waiting.iter().position(|&left| left > 0);
        while let Some(node) = next {
            if let Some(start) = path.iter().position(|&seen| seen == node) {
                path.drain(..start);
                break;
            }
            path.push(node);
            next = self.parents[node].iter().copied().find(|&parent| waiting[parent] > 0);
        }
        // Named from its least, so that the message does not depend on where the walk began.
        let least = path.iter().enumerate().min_by_key(|(_, node)| **node).map_or(0, |(at, _)| at);
        path.rotate_left(least);
        let names: Vec<String> = path.iter().chain(path.first()).map(|&i| format!("`{}`", self.nodes[i])).collect();
        Diagnostic::error("E223", "migrations depend on each other in a circle")
            .note(names.join(" needs "))
            .help("take out one of these dependencies, or move its operation to a migration of its own")
    }
}

/// Names that a migration had, and migrations that it stands for.
fn aliases(migrations: &[Migration]) -> BTreeMap<MigrationRef, MigrationRef> {
    let mut aliases = BTreeMap::new();
    for migration in migrations {
        let me = migration.reference();
        let former = migration.formerly.iter().map(|name| MigrationRef::new(me.app.clone(), name.clone()));
        for name in former.chain(migration.replaces.iter().cloned()) {
            aliases.insert(name, me.clone());
        }
    }
    aliases
}

fn conflict(app: &AppLabel, leaves: &[MigrationName]) -> Diagnostic {
    let names: Vec<String> = leaves.iter().map(|name| format!("`{name}`")).collect();
    Diagnostic::error("E224", format!("app `{app}` has several last migrations: {}", names.join(" and ")))
        .note("two branches each added one")
        .help(format!("`fastdjango makemigrations --merge {app}` joins them"))
        .help("or put the later one after the other: name it in its `dependencies`")
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
