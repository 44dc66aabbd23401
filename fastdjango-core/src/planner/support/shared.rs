//! Names that two tables would share, where the database keeps them in one place.

use std::collections::BTreeSet;

use super::Refusals;
use crate::planner::TableChange;
use crate::schema::{Table, lower_all};
use crate::state::ProjectState;

impl Refusals<'_> {
    /// Checks that come, under a name that another table has for one of its own; `state` is that of after.
    pub(super) fn shared_checks(&mut self, changes: &[TableChange], state: &ProjectState) {
        let coming = || changes.iter().filter_map(|change| Some((change, change.next.as_ref()?)));
        let comes = |(change, next): &(&TableChange, &Table)| names(next).any(|name| !had(change, name));
        if self.facts.checks_per_table || !coming().any(|change| comes(&change)) {
            return;
        }
        let Ok(mut all) = lower_all(state) else { return };
        all.check_enums();
        let mut told = BTreeSet::new();
        for (change, next) in coming() {
            for name in names(next).filter(|name| !had(change, name)) {
                let has = |table: &&Table| table.name != next.name && names(table).any(|other| other == name);
                let Some(other) = all.tables.values().find(has).filter(|_| told.insert(name)) else { continue };
                let what = format!("checks of one name, `{name}`, in `{}` and in `{}`", other.name, next.name);
                let instead = "give the field another `column`: the name is made of table and column; or your own check another `name`";
                self.refuse("E420", &change.identity.model().to_string(), &what, instead);
            }
        }
    }
}

fn names(table: &Table) -> impl Iterator<Item = &str> {
    table.checks.iter().filter_map(|check| check.name.as_deref())
}

fn had(change: &TableChange, name: &str) -> bool {
    change.previous.as_ref().is_some_and(|table| names(table).any(|old| old == name))
}
