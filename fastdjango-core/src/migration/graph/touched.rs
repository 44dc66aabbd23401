//! Two migrations of one table: their order must be written down.

use std::collections::BTreeMap;

use super::Graph;
use crate::diagnostic::Diagnostic;
use crate::name::{MigrationRef, ModelRef};
use crate::operation::Touched;

/// Two migrations that no dependency orders, although one changes a table that the other changes or refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unordered {
    /// The one that happens to come first.
    pub earlier: MigrationRef,
    /// The one that happens to come later.
    pub later: MigrationRef,
    /// A model that both touch.
    pub model: ModelRef,
}

impl Unordered {
    /// What is wrong, and what to write.
    #[must_use]
    pub fn diagnostic(&self) -> Diagnostic {
        let Self { earlier, later, model } = self;
        let what = if model.model.as_str().starts_with("enum(") {
            format!("both touch `{model}`")
        } else if model.app.as_str() == "*" {
            format!("one gives up the name `{}`, which the other takes", model.model)
        } else {
            format!("both touch the table of `{model}`")
        };
        Diagnostic::error("E226", format!("nothing orders `{earlier}` and `{later}`, and {what}"))
            .note("their order would be chance, and so would be the SQL that runs")
            .help(format!("if `{earlier}` is to run first, add \"{earlier}\" to the `dependencies` of `{later}`; else the other way round"))
            .help(format!("where only one of the files is yours: `before = [\"{later}\"]` in `{earlier}` says the same"))
            .help("then run `render`, and review the difference")
            .help("where their order makes no difference, `makemigrations --merge` chooses one and does all of that")
    }
}

impl Graph {
    /// The pairs of migrations that no dependency orders where one changes a table that the other changes or refers to.
    ///
    /// `touched` holds what each migration touches under the names of its moment: a rename writes both names, so that it
    /// stands between those that used the old one and those that use the new one.
    #[must_use]
    pub fn check_order(&self, touched: &BTreeMap<MigrationRef, Touched>) -> Vec<Unordered> {
        let mut users: BTreeMap<&ModelRef, Vec<(usize, bool)>> = BTreeMap::new();
        for &i in &self.order {
            let Some(touched) = touched.get(&self.nodes[i]) else { continue };
            for model in touched.writes.union(&touched.reads) {
                users.entry(model).or_default().push((i, touched.writes.contains(model)));
            }
        }
        let ancestors = self.ancestors();
        let mut found = BTreeMap::new();
        for (model, users) in users {
            for (earlier, later) in unordered(&users, &ancestors) {
                found.entry((later, earlier)).or_insert(model);
            }
        }
        let name = |i: usize| self.nodes[i].clone();
        let found = found.into_iter();
        found
            .map(|((later, earlier), model)| Unordered {
                earlier: name(earlier),
                later: name(later),
                model: model.clone(),
            })
            .collect()
    }

    /// Of each migration, those that always apply before it.
    pub(super) fn ancestors(&self) -> Vec<Ancestors> {
        let mut all = vec![Ancestors(Vec::new()); self.nodes.len()];
        for &node in &self.order {
            let mut mine = Ancestors(vec![0; self.nodes.len().div_ceil(64)]);
            for &parent in &self.parents[node] {
                mine.add(parent, &all[parent]);
            }
            all[node] = mine;
        }
        all
    }
}

/// A set of nodes, a bit each: a walk for every pair would take the square of a long history.
#[derive(Clone)]
pub(super) struct Ancestors(Vec<u64>);

impl Ancestors {
    /// Adds a parent, and whatever comes before it.
    fn add(&mut self, parent: usize, before: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&before.0) {
            *mine |= theirs;
        }
        self.0[parent / 64] |= 1 << (parent % 64);
    }

    pub(super) fn contain(&self, node: usize) -> bool {
        self.0[node / 64] & (1 << (node % 64)) != 0
    }
}

/// Each change is compared with all uses since the change before it, each use with that change: the rest follows.
fn unordered(users: &[(usize, bool)], ancestors: &[Ancestors]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut since: Vec<usize> = Vec::new();
    let mut changed: Option<usize> = None;
    for &(user, changes) in users {
        let read: &[usize] = if changes { &since } else { &[] };
        let before = changed.iter().chain(read);
        pairs.extend(before.filter(|earlier| !ancestors[user].contain(**earlier)).map(|earlier| (*earlier, user)));
        if changes {
            changed = Some(user);
            since.clear();
        } else {
            since.push(user);
        }
    }
    pairs
}
