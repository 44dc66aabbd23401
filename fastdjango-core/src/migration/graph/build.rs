//! Building the graph: edges, what they lack, and the sequence.

use std::collections::{BTreeMap, BTreeSet};

use super::Graph;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::migration::Migration;
use crate::name::MigrationRef;
use crate::source::nearest;

impl Graph {
    pub(super) fn duplicates(&self) -> Diagnostics {
        let twice = self.nodes.windows(2).filter(|pair| pair[0] == pair[1]);
        let fault = |pair: &[MigrationRef]| {
            Diagnostic::error("E221", format!("there are two migrations `{}`", pair[0])).help("rename one of the files")
        };
        Diagnostics(twice.map(fault).collect())
    }

    /// Draws the edges; reports those that lead nowhere.
    pub(super) fn link(&mut self, migrations: &[Migration]) -> Diagnostics {
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

    /// Kahn's order, the least name first; where it comes to a stop, there is a cycle.
    pub(super) fn sorted(&self) -> Result<Vec<usize>, Diagnostic> {
        self.sorted_by(|node| node)
    }

    /// The same with the least of another rank first.
    pub(super) fn sorted_by<R: Ord>(&self, rank: impl Fn(usize) -> R) -> Result<Vec<usize>, Diagnostic> {
        let mut waiting: Vec<usize> = self.parents.iter().map(BTreeSet::len).collect();
        let first = (0..self.nodes.len()).filter(|&i| waiting[i] == 0);
        let mut ready: BTreeSet<(R, usize)> = first.map(|i| (rank(i), i)).collect();
        let mut order = Vec::with_capacity(self.nodes.len());
        while let Some((_, next)) = ready.pop_first() {
            order.push(next);
            for &child in &self.children[next] {
                waiting[child] -= 1;
                if waiting[child] == 0 {
                    ready.insert((rank(child), child));
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
