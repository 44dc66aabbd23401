//! Dependencies on an app instead of one of its migrations: whatever it begins with, or ends with.

use std::collections::BTreeSet;

use super::{Graph, reach};
use crate::name::{AppLabel, MigrationRef};

/// The name that stands for whatever an app begins with. No file of a migration can have it.
pub(super) const FIRST: &str = "__first__";
/// The name that stands for whatever an app ends with.
pub(super) const LATEST: &str = "__latest__";

/// True where the name is that of no file, but of an end of an app.
pub(super) fn is_end(name: &MigrationRef) -> bool {
    name.name == *FIRST || name.name == *LATEST
}

impl Graph {
    /// The migrations that a name in `dependencies` stands for, as the files are: of `app.__first__` or `app.__latest__` one, unless branches
    /// each begin or end the app; of any other name itself.
    #[must_use]
    pub fn meant(&self, name: &MigrationRef) -> Vec<MigrationRef> {
        match self.end_nodes(name) {
            Some(ends) => ends.into_iter().map(|i| self.nodes[i].clone()).collect(),
            None => vec![name.clone()],
        }
    }

    pub(super) fn end_nodes(&self, name: &MigrationRef) -> Option<Vec<usize>> {
        if !is_end(name) {
            return None;
        }
        let beyond = if name.name == *FIRST { &self.parents } else { &self.children };
        let ends = self.ends_of(&name.app, beyond);
        (!ends.is_empty()).then_some(ends)
    }

    /// The migrations of the app beyond which `edges` lead to no other of the app, not even by way of another app.
    pub(super) fn ends_of(&self, app: &AppLabel, edges: &[BTreeSet<usize>]) -> Vec<usize> {
        let of_app = |i: &usize| self.nodes[*i].app == *app;
        let near = (0..self.nodes.len()).filter(of_app).filter(|&i| !edges[i].iter().any(of_app));
        near.filter(|&i| !reach(edges, edges[i].iter().copied()).iter().any(of_app)).collect()
    }
}
