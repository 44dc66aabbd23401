//! One branch behind another: who waits for whom, and what each is called then.

use std::collections::{BTreeMap, BTreeSet};

use super::order;
use crate::diagnostic::Diagnostics;
use crate::migration::{Clash, Graph, Migration, touched};
use crate::name::{AppLabel, MigrationName, MigrationRef};

/// Migrations whose branches stand one behind the other.
#[derive(Clone, Debug, Default)]
pub struct Rebase {
    /// All of them, as they are then.
    pub migrations: BTreeMap<MigrationRef, Migration>,
    /// Of each that has another name then, the one that it has now.
    pub was: BTreeMap<MigrationRef, MigrationRef>,
    /// Those whose order makes a difference: then the rest is not to be used.
    pub clashes: Vec<Clash>,
}

/// Puts the branches of `apps` (of every app, where there is none) one behind the other: the one whose last migration's name
/// sorts last goes to the end, unless a dependency asks for the other way. What branches of different apps do to one table is
/// put in order as well.
pub fn rebase(migrations: &[Migration], apps: &[AppLabel]) -> Result<Rebase, Diagnostics> {
    let mut line = Line::of(migrations)?;
    for (app, heads) in line.now.conflicts().iter().filter(|(app, _)| apps.is_empty() || apps.contains(app)) {
        let mut heads = heads.iter().map(|name| MigrationRef::new(app.clone(), name.clone()));
        let Some(mut tip) = heads.next() else { continue };
        for head in heads {
            tip = line.join(tip, head)?;
        }
    }
    let clashes = line.clashes()?;
    if clashes.is_empty() {
        line.order()?;
    }
    let clashes = if clashes.is_empty() { line.clashes()? } else { clashes };
    Ok(line.renumbered(clashes))
}

/// Migrations that come into one line, under the names that they have.
struct Line {
    now: Graph,
    migrations: BTreeMap<MigrationRef, Migration>,
    /// What each step put behind something else.
    steps: Vec<BTreeSet<MigrationRef>>,
    /// Each branch that went behind another one, and the last of that.
    behind: Vec<(MigrationRef, Vec<MigrationRef>)>,
}

impl Line {
    fn of(migrations: &[Migration]) -> Result<Self, Diagnostics> {
        let now = Graph::with_conflicts(migrations)?;
        let migrations = migrations.iter().map(|migration| (migration.reference(), migration.clone())).collect();
        Ok(Self { now, migrations, steps: Vec::new(), behind: Vec::new() })
    }

    /// Puts the branch of `head` behind `tip`, or the other way round; returns the last of both.
    fn join(&mut self, tip: MigrationRef, head: MigrationRef) -> Result<MigrationRef, Diagnostics> {
        let graph = self.graph()?;
        let (tip, head, waiting) = match self.waiting(&graph, &tip, &head) {
            Ok(waiting) => (tip, head, waiting),
            Err(circle) => match self.waiting(&graph, &head, &tip) {
                Ok(waiting) => (head, tip, waiting),
                Err(_) => return Err(circle),
            },
        };
        let branch = graph.branch(&head, &tip);
        self.migrations = waiting;
        self.step(&graph)?;
        self.behind.push((tip, branch));
        Ok(head)
    }

    /// Puts those in order that touch one table in branches of two apps, and that nothing orders yet.
    fn order(&mut self) -> Result<(), Diagnostics> {
        loop {
            let graph = self.graph()?;
            let unordered = graph.check_order(&touched(&self.migrations, &graph.order()));
            let Some(pair) = unordered.into_iter().next() else { return Ok(()) };
            if let Some(later) = self.migrations.get_mut(&pair.later) {
                later.dependencies.push(pair.earlier.clone());
                later.dependencies.sort();
            }
            self.step(&graph)?;
        }
    }

    /// Remembers what the last change put behind something else.
    fn step(&mut self, before: &Graph) -> Result<(), Diagnostics> {
        let ordered = before.newly_ordered(&self.graph()?);
        self.steps.push(ordered.into_iter().map(|(_, later)| later).collect());
        Ok(())
    }

    fn clashes(&self) -> Result<Vec<Clash>, Diagnostics> {
        let next = self.graph()?;
        for later in &self.steps {
            let clashes = order::clashes(&self.now, &next, later, &self.migrations)?;
            if !clashes.is_empty() {
                return Ok(clashes);
            }
        }
        Ok(Vec::new())
    }

    fn graph(&self) -> Result<Graph, Diagnostics> {
        Graph::with_conflicts(&self.migrations.values().cloned().collect::<Vec<_>>())
    }

    /// The migrations with those that begin the branch of `head` waiting for `tip`; refused where that makes a circle.
    fn waiting(
        &self,
        graph: &Graph,
        tip: &MigrationRef,
        head: &MigrationRef,
    ) -> Result<BTreeMap<MigrationRef, Migration>, Diagnostics> {
        let branch = graph.branch(head, tip);
        let mut waiting = self.migrations.clone();
        for name in &branch {
            let Some(migration) = waiting.get_mut(name) else { continue };
            if !migration.dependencies.iter().any(|other| branch.contains(other)) {
                let own =
                    migration.dependencies.iter().filter(|other| !(other.app == tip.app && graph.precedes(other, tip)));
                let all: BTreeSet<MigrationRef> = own.cloned().chain([tip.clone()]).collect();
                migration.dependencies = all.into_iter().collect();
            }
        }
        Graph::with_conflicts(&waiting.values().cloned().collect::<Vec<_>>())?;
        Ok(waiting)
    }

    /// Gives each branch the numbers behind those of the one before it, and every mention of it the new names.
    fn renumbered(self, clashes: Vec<Clash>) -> Rebase {
        let mut renamed: BTreeMap<MigrationRef, MigrationRef> = BTreeMap::new();
        for (tip, branch) in &self.behind {
            let mut last = renamed.get(tip).unwrap_or(tip).name.clone();
            for old in branch {
                last = numbered_after(&last, &old.name);
                renamed.insert(old.clone(), MigrationRef::new(old.app.clone(), last.clone()));
            }
        }
        renamed.retain(|old, new| old != new);
        let mut migrations = BTreeMap::new();
        for (old, mut migration) in self.migrations {
            for names in [&mut migration.dependencies, &mut migration.before, &mut migration.replaces] {
                for other in names.iter_mut() {
                    *other = renamed.get(other).unwrap_or(other).clone();
                }
            }
            let new = renamed.get(&old).unwrap_or(&old).clone();
            if new != old {
                migration.formerly.push(old.name);
                migration.name = new.name.clone();
            }
            migrations.insert(new, migration);
        }
        let was = renamed.into_iter().map(|(old, new)| (new, old)).collect();
        Rebase { migrations, was, clashes }
    }
}

/// `0002_points` after `0004_names` is `0005_points`; what has a moment for its number keeps it.
fn numbered_after(last: &MigrationName, name: &MigrationName) -> MigrationName {
    let number = |name: &MigrationName| {
        let (digits, words) = name.as_str().split_once('_')?;
        let moment = words.starts_with(|first: char| first.is_ascii_digit());
        Some((digits.parse::<u64>().ok().filter(|_| !moment)?, digits.len(), words.to_owned()))
    };
    match (number(last), number(name)) {
        (Some((last, ..)), Some((_, width, words))) => format!("{:0width$}_{words}", last + 1).into(),
        _ => name.clone(),
    }
}
