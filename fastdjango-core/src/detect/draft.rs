//! Migrations in the making: operations of one app, and the tables that they touch; then names and dependencies.

use std::collections::{BTreeMap, BTreeSet};

use crate::migration::Migration;
use crate::name::{AppLabel, MigrationName, MigrationRef, ModelRef};
use crate::operation::{Operation, suggest_name};
use crate::state::ProjectState;

/// The operations of one migration, before it has a name.
pub(super) struct Draft {
    app: AppLabel,
    operations: Vec<Operation>,
    touched: BTreeSet<ModelRef>,
}

impl Draft {
    /// Adds operations after all others: to the last draft where it is the same app's, else as a new one.
    pub(super) fn push(drafts: &mut Vec<Self>, app: AppLabel, operations: Vec<Operation>, before: &ProjectState) {
        if operations.is_empty() {
            return;
        }
        let mut state = before.clone();
        let mut touched = BTreeSet::new();
        for operation in &operations {
            touched.extend(operation.touches(&app, &state));
            let applied = operation.apply(&app, &mut state);
            debug_assert!(applied.is_ok(), "an operation was made for another state: {applied:?}");
        }
        match drafts.last_mut().filter(|draft| draft.app == app) {
            Some(last) => {
                last.operations.extend(operations);
                last.touched.extend(touched);
            }
            None => drafts.push(Self { app, operations, touched }),
        }
    }
}

/// Numbers and names the drafts, and writes down what each depends on.
///
/// A migration depends on the one before it in its app, on the last one of every app whose models it touches, and on
/// those of this run that touch the same models: an order that is not written down is no order.
pub(super) fn migrations(drafts: Vec<Draft>, leaves: &BTreeMap<AppLabel, MigrationName>) -> Vec<Migration> {
    let mut last = leaves.clone();
    let mut touched: BTreeMap<AppLabel, BTreeSet<ModelRef>> = BTreeMap::new();
    let mut migrations = Vec::new();
    for draft in drafts {
        let shared = touched.iter().filter(|(_, models)| !models.is_disjoint(&draft.touched)).map(|(app, _)| app);
        let owners = draft.touched.iter().map(|model| &model.app);
        let apps: BTreeSet<&AppLabel> = shared.chain(owners).chain([&draft.app]).collect();
        let dependencies =
            apps.into_iter().filter_map(|app| Some(MigrationRef::new(app.clone(), last.get(app)?.clone())));
        let dependencies = dependencies.collect();
        let name = name(last.get(&draft.app), &draft.operations);
        last.insert(draft.app.clone(), name.clone());
        touched.entry(draft.app.clone()).or_default().extend(draft.touched);
        migrations.push(Migration { dependencies, ..Migration::new(draft.app, name, draft.operations) });
    }
    migrations
}

fn name(leaf: Option<&MigrationName>, operations: &[Operation]) -> MigrationName {
    match leaf {
        None => MigrationName::from("0001_initial"),
        Some(leaf) => MigrationName::new(format!("{:04}_{}", number(leaf) + 1, suggest_name(operations))),
    }
}

/// The number of a migration: the digits that it begins with, or for `0001_squashed_0004_x` the last one it replaced.
fn number(name: &MigrationName) -> u64 {
    let digits = |text: &str| {
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        text[..end].parse::<u64>().unwrap_or(0)
    };
    let squashed = name.as_str().split_once("_squashed_").map_or(0, |(_, rest)| digits(rest));
    digits(name.as_str()).max(squashed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_on_after_a_squash() {
        for (name, want) in [("0003_x", 3), ("0001_squashed_0004_x", 4), ("init", 0), ("0012", 12)] {
            assert_eq!(number(&name.into()), want);
        }
    }
}
