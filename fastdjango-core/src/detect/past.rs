//! What the detector has to know of the migrations that are there: the last of each app, and what they touch.

use std::collections::{BTreeMap, BTreeSet};

use crate::name::{AppLabel, MigrationName, MigrationRef};
use crate::operation::Touched;

/// The migrations that are there, as far as a new one has to be put after them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// The last migration of every app that has one.
    pub leaves: BTreeMap<AppLabel, MigrationName>,
    /// What the migrations of each app touch of other apps' models, also of those that are gone since.
    pub touched: BTreeMap<AppLabel, Touched>,
}

impl Past {
    /// The migrations that one of `app` which touches `touched` must come after.
    ///
    /// They are the last ones of its own app, of every app whose models it touches, and of every app that touched the same
    /// models before: an order that is not written down is no order.
    #[must_use]
    pub fn needed(&self, app: &AppLabel, touched: &Touched) -> Vec<MigrationRef> {
        let mut apps: BTreeSet<&AppLabel> = BTreeSet::from([app]);
        for model in touched.writes.iter().chain(&touched.reads) {
            apps.insert(&model.app);
        }
        apps.extend(self.touched.iter().filter(|(_, theirs)| theirs.conflicts(touched)).map(|(app, _)| app));
        apps.into_iter().filter_map(|app| Some(MigrationRef::new(app.clone(), self.leaves.get(app)?.clone()))).collect()
    }

    /// Puts a migration at the end.
    pub fn add(&mut self, migration: MigrationRef, touched: &Touched) {
        self.touched.entry(migration.app.clone()).or_default().extend(touched.outside(&migration.app));
        self.leaves.insert(migration.app, migration.name);
    }
}
