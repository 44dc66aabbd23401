//! What the database needs before its tables: schemas.

use std::collections::BTreeSet;

use super::TableChange;
use crate::ddl::Alter;
use crate::name::{AppLabel, split_table};
use crate::pair::Pair;
use crate::state::ProjectState;

/// What comes first, in one order.
///
/// Only the app's own models count: its migrations stand in one line, while those of another app may come before or after them.
pub(super) fn needed(app: &AppLabel, states: Pair<&ProjectState>, changes: &[TableChange]) -> Vec<Alter> {
    let known = states.previous.models.iter().filter(|(model, _)| model.app == *app);
    let known: BTreeSet<&str> = known.filter_map(|(_, model)| split_table(&model.table).0).collect();
    let tables = changes.iter().filter_map(|change| change.next.as_ref());
    let wanted: BTreeSet<&str> = tables.filter_map(|table| split_table(&table.name).0).collect();
    wanted.difference(&known).map(|schema| Alter::CreateSchema { schema: (*schema).to_owned() }).collect()
}
