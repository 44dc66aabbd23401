//! What the database needs before its tables: extensions and schemas.

use std::collections::BTreeSet;

use super::TableChange;
use crate::ddl::Alter;
use crate::dialect::Capabilities;
use crate::name::{AppLabel, split_table};
use crate::pair::Pair;
use crate::state::{ModelState, ProjectState};

/// What comes first, in one order.
///
/// Only the app's own models count: its migrations stand in one line, while those of another app may come before or after them.
pub(super) fn needed(
    app: &AppLabel,
    states: Pair<&ProjectState>,
    changes: &[TableChange],
    facts: &Capabilities,
) -> Vec<Alter> {
    let Pair { previous, next } = states.map(|state| state.app(app).map(|(_, model)| model));
    let previous: Vec<&ModelState> = previous.collect();
    let mut needed = Vec::new();
    if facts.extensions {
        needed.extend(extensions(&previous, next).into_iter().map(|extension| Alter::CreateExtension { extension }));
    }
    if facts.schemas {
        needed.extend(schemas(&previous, changes).into_iter().map(|schema| Alter::CreateSchema { schema }));
    }
    needed
}

fn extensions<'a>(previous: &[&ModelState], next: impl Iterator<Item = &'a ModelState>) -> BTreeSet<String> {
    let known: BTreeSet<&String> = previous.iter().flat_map(|model| &model.extensions).collect();
    let wanted = next.filter(|model| model.managed).flat_map(|model| &model.extensions);
    wanted.filter(|extension| !known.contains(extension)).cloned().collect()
}

fn schemas(previous: &[&ModelState], changes: &[TableChange]) -> BTreeSet<String> {
    let known: BTreeSet<&str> = previous.iter().filter_map(|model| split_table(&model.table).0).collect();
    let tables = changes.iter().filter_map(|change| change.next.as_ref());
    let wanted = tables.filter_map(|table| split_table(&table.name).0);
    wanted.filter(|schema| !known.contains(schema)).map(str::to_owned).collect()
}
