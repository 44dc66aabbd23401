//! Building the graph: edges, what they lack, and the sequence.

use std::collections::{BTreeMap, BTreeSet};

use super::Graph;
use super::ends::{FIRST, LATEST, is_end};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::migration::{Migration, Places};
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

    /// Draws the edges, and tells who wrote each of them; reports those that lead nowhere.
    pub(super) fn edges(&mut self, migrations: &[Migration], places: &Places<'_>) -> (Edges, Diagnostics) {
        let aliases = aliases(migrations);
        let mut found = Diagnostics::default();
        let mut edges = Edges::new();
        let (ends, named): (Vec<Naming<'_>>, Vec<Naming<'_>>) = namings(migrations).partition(|one| is_end(one.name));
        for one in named {
            let alias = || aliases.get(one.name).and_then(|name| self.index(name));
            match self.index(one.name).or_else(alias) {
                Some(other) => self.draw(&one, other, &mut edges),
                None => found.push(self.missing(&one).at_opt(places(&one.by, Some(one.name)))),
            }
        }
        // What an app ends with is told by what its migrations name, and not by who comes behind that end.
        let ends: Vec<(Option<Vec<usize>>, Naming<'_>)> =
            ends.into_iter().map(|one| (self.end_nodes(one.name), one)).collect();
        for (ends, one) in ends {
            match ends {
                _ if one.name.app == one.by.app => found.push(own_end(&one).at_opt(places(&one.by, Some(one.name)))),
                Some(ends) => ends.into_iter().for_each(|other| self.draw(&one, other, &mut edges)),
                None => found.push(self.missing(&one).at_opt(places(&one.by, Some(one.name)))),
            }
        }
        (edges, found)
    }

    fn draw(&mut self, one: &Naming<'_>, other: usize, edges: &mut Edges) {
        let Some(mine) = self.index(&one.by) else { return };
        let (earlier, later) = if one.key == "before" { (mine, other) } else { (other, mine) };
        self.parents[later].insert(earlier);
        self.children[earlier].insert(later);
        edges.entry((earlier, later)).or_insert_with(|| (one.by.clone(), one.name.clone()));
    }

    fn missing(&self, Naming { by, key, name }: &Naming<'_>) -> Diagnostic {
        let message = format!("`{by}` names `{name}` in `{key}`, and there is no such migration");
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
        match nearest(name.name.as_str(), of_app.chain([FIRST, LATEST])) {
            Some(near) => fault.help(format!("did you mean `{}.{near}`?", name.app)),
            None => fault.help("bring the file back, or take the name out"),
        }
    }

    /// Kahn's order, the least rank first; where it comes to a stop, a circle, in which each needs the next.
    pub(super) fn sorted_by<R: Ord>(&self, rank: impl Fn(usize) -> R) -> Result<Vec<usize>, Vec<usize>> {
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

    /// Walks from a waiting node to a waiting parent until one comes again: those between are the circle.
    fn cycle(&self, waiting: &[usize]) -> Vec<usize> {
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
        path
    }

    /// The circle as an error, at the place where the first of it names the next.
    pub(super) fn circle(&self, path: &[usize], edges: &Edges, places: &Places<'_>) -> Diagnostic {
        let whole: Vec<usize> = path.iter().chain(path.first()).copied().collect();
        let names: Vec<String> = whole.iter().map(|&i| format!("`{}`", self.nodes[i])).collect();
        let written: Vec<(&[usize], &MigrationRef, &MigrationRef)> = whole
            .windows(2)
            .filter_map(|pair| edges.get(&(pair[1], pair[0])).map(|(by, name)| (pair, by, name)))
            .collect();
        let place = written.first().and_then(|(_, by, name)| places(by, Some(name)));
        let fault = Diagnostic::error("E223", "migrations depend on each other in a circle").at_opt(place);
        let ends = written.into_iter().filter(|(.., name)| is_end(name));
        let fault = ends.fold(fault.note(names.join(" needs ")), |fault, (pair, by, name)| {
            let end = pair.iter().map(|&i| &self.nodes[i]).find(|node| *node != by).unwrap_or(by);
            fault.note(format!("`{by}` names `{name}`, which is `{end}` now"))
        });
        fault.help("take out one of these dependencies, or move its operation to a migration of its own")
    }
}

/// Who wrote each edge, earlier and later, and by which name.
pub(super) type Edges = BTreeMap<(usize, usize), (MigrationRef, MigrationRef)>;

/// A name that a migration has under one of its keys.
struct Naming<'m> {
    by: MigrationRef,
    key: &'static str,
    name: &'m MigrationRef,
}

fn namings(migrations: &[Migration]) -> impl Iterator<Item = Naming<'_>> {
    migrations.iter().flat_map(|migration| {
        let keys = [("dependencies", &migration.dependencies), ("before", &migration.before)];
        let names = keys.into_iter().flat_map(|(key, names)| names.iter().map(move |name| (key, name)));
        names.map(|(key, name)| Naming { by: migration.reference(), key, name })
    })
}

fn own_end(Naming { by, key, name }: &Naming<'_>) -> Diagnostic {
    Diagnostic::error("E212", format!("`{by}` names `{name}` in `{key}`, which is an end of its own app"))
        .note("it would be its own end, or move with every migration of the app")
        .help("name the migration of the app that it comes after")
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
