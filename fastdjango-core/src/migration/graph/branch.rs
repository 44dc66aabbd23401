//! Branches: what only one of an app's last migrations has before it, and what another dependency would put in order.

use std::collections::BTreeSet;

use super::{Graph, reach};
use crate::name::MigrationRef;

impl Graph {
    /// The migrations of the app that `head` has before it and `base` has not, `head` the last of them, in order.
    #[must_use]
    pub fn branch(&self, head: &MigrationRef, base: &MigrationRef) -> Vec<MigrationRef> {
        let line = |end: &MigrationRef| reach(&self.parents, self.index(end).into_iter());
        let (own, others) = (line(head), line(base));
        let branch = self.order.iter().filter(|i| own.contains(i) && !others.contains(i));
        branch.map(|&i| self.nodes[i].clone()).filter(|node| node.app == head.app).collect()
    }

    /// The pairs, earlier and later, that `next` puts in order and this graph does not; both are of the same migrations.
    #[must_use]
    pub fn newly_ordered(&self, next: &Self) -> BTreeSet<(MigrationRef, MigrationRef)> {
        let (before, after) = (self.ancestors(), next.ancestors());
        let count = self.nodes.len();
        let pairs = (0..count).flat_map(|later| (0..count).map(move |earlier| (earlier, later)));
        let new = pairs.filter(|&(earlier, later)| after[later].contain(earlier) && !before[later].contain(earlier));
        new.map(|(earlier, later)| (self.nodes[earlier].clone(), self.nodes[later].clone())).collect()
    }

    /// An order of this graph in which `early` come as early as they can, and everything else as in `order`.
    #[must_use]
    pub fn order_with_first(&self, early: &BTreeSet<MigrationRef>, order: &[MigrationRef]) -> Vec<MigrationRef> {
        let mut place = vec![0; self.nodes.len()];
        for (at, node) in order.iter().enumerate() {
            if let Some(node) = self.index(node) {
                place[node] = at;
            }
        }
        let ancestors = self.ancestors();
        // What one of them waits for has to come early as well.
        let wanted: BTreeSet<usize> = early.iter().filter_map(|node| self.index(node)).collect();
        let needed = |node: usize| wanted.contains(&node) || wanted.iter().any(|&w| ancestors[w].contain(node));
        let sorted = self.sorted_by(|node| (!needed(node), place[node])).unwrap_or_default();
        sorted.into_iter().map(|i| self.nodes[i].clone()).collect()
    }
}
