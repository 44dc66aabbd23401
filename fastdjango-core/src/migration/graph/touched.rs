//! Two migrations of one table: their order must be written down.

use std::collections::{BTreeMap, BTreeSet};

use super::Graph;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::{MigrationRef, ModelRef};

/// What a migration does with models: what orders it against others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Models whose tables it changes.
    pub changes: BTreeSet<ModelRef>,
    /// Models that it refers to.
    pub reads: BTreeSet<ModelRef>,
}

impl Graph {
    /// Refuses two migrations that no dependency orders where one changes a table that the other changes or refers to:
    /// their order would be chance, and so would be the SQL.
    #[must_use]
    pub fn check_order(&self, touched: &BTreeMap<MigrationRef, Touched>) -> Diagnostics {
        let mut users: BTreeMap<&ModelRef, Vec<(usize, bool)>> = BTreeMap::new();
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
}
