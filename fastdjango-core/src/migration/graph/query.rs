//! Questions to the graph: what a name means, and what a move forwards or backwards takes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Graph, reach};
use crate::diagnostic::Diagnostic;
use crate::name::{AppLabel, MigrationName, MigrationRef};
use crate::source::nearest;

impl Graph {
    /// The migration that `text` names: the whole name, or a beginning that only one has.
    pub fn resolve(&self, app: &AppLabel, text: &str) -> Result<MigrationRef, Diagnostic> {
        let of_app: Vec<&MigrationRef> = self.nodes.iter().filter(|node| node.app == *app).collect();
        if of_app.is_empty() {
            return Err(self.unknown_app(app));
        }
        if let Some(exact) = of_app.iter().find(|node| node.name == *text) {
            return Ok((*exact).clone());
        }
        let begun: Vec<&MigrationRef> = of_app.iter().copied().filter(|n| begins(n, text)).collect();
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

    /// What must be applied right before the migration, under the names of the files that are there.
    #[must_use]
    pub fn parents(&self, migration: &MigrationRef) -> Vec<MigrationRef> {
        let parents = self.index(migration).into_iter().flat_map(|i| &self.parents[i]);
        parents.map(|&i| self.nodes[i].clone()).collect()
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

    /// The applied migrations that cannot stay without `migration`: those that depend on it, and itself; dependents first.
    #[must_use]
    pub fn dependents(&self, migration: &MigrationRef, applied: &BTreeSet<MigrationRef>) -> Vec<MigrationRef> {
        let undone = reach(&self.children, self.index(migration).into_iter());
        let applied = self.order.iter().rev().filter(|i| undone.contains(i) && applied.contains(&self.nodes[**i]));
        applied.map(|&i| self.nodes[i].clone()).collect()
    }

    /// The order in which to undo `migrations`: each after all that come after it, and otherwise the newest first.
    ///
    /// `newest` tells when each was applied. A database may have applied a later one first, where the files were rebased.
    #[must_use]
    pub fn undo_order(&self, migrations: &[MigrationRef], newest: impl Fn(&MigrationRef) -> i64) -> Vec<MigrationRef> {
        let wanted: BTreeSet<usize> = migrations.iter().filter_map(|migration| self.index(migration)).collect();
        let nodes = reach(&self.children, wanted.iter().copied());
        let mut waiting: BTreeMap<usize, usize> = nodes.iter().map(|&i| (i, self.children[i].len())).collect();
        // What is not to be undone only passes its place on, at once.
        let place = |i: usize| (if wanted.contains(&i) { newest(&self.nodes[i]) } else { i64::MAX }, i);
        let mut ready: BTreeSet<(i64, usize)> =
            waiting.iter().filter(|(_, left)| **left == 0).map(|(&i, _)| place(i)).collect();
        let mut order = Vec::with_capacity(migrations.len());
        while let Some((_, next)) = ready.pop_last() {
            if wanted.contains(&next) {
                order.push(self.nodes[next].clone());
            }
            for &parent in &self.parents[next] {
                let Some(left) = waiting.get_mut(&parent) else { continue };
                *left -= 1;
                if *left == 0 {
                    ready.insert(place(parent));
                }
            }
        }
        order
    }

    fn unknown_app(&self, app: &AppLabel) -> Diagnostic {
        let apps = self.apps();
        let fault = Diagnostic::error("E229", format!("app `{app}` has no migrations"));
        match nearest(app.as_str(), apps.iter().map(|app| app.as_str())) {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault.help("`fastdjango makemigrations` writes the first"),
        }
    }
}

/// The beginning of a name says at least one letter of it: an empty variable of a script chooses nothing.
fn begins(node: &MigrationRef, text: &str) -> bool {
    !text.is_empty() && node.name.as_str().starts_with(text)
}
