//! Migrations in the making: operations of one app, and the tables that they touch; then names and dependencies.

use super::Past;
use crate::migration::Migration;
use crate::name::{AppLabel, MigrationName};
use crate::operation::{Operation, Touched, suggest_name};
use crate::state::ProjectState;

/// The operations of one migration, before it has a name.
pub(super) struct Draft {
    app: AppLabel,
    operations: Vec<Operation>,
    touched: Touched,
}

impl Draft {
    /// Adds operations after all others: to the last draft where it is the same app's, else as a new one.
    pub(super) fn push(drafts: &mut Vec<Self>, app: AppLabel, operations: Vec<Operation>, before: &ProjectState) {
        if operations.is_empty() {
            return;
        }
        let mut state = before.clone();
        let mut touched = Touched::default();
        for operation in &operations {
            let applied = touched.follow(&app, operation, &mut state);
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
pub(super) fn migrations(drafts: Vec<Draft>, past: &Past) -> Vec<Migration> {
    let mut past = past.clone();
    let mut migrations = Vec::new();
    for draft in drafts {
        let dependencies = past.needed(&draft.app, &draft.touched);
        let name = name(past.leaves.get(&draft.app), &draft.operations);
        let migration = Migration { dependencies, ..Migration::new(draft.app, name, draft.operations) };
        past.add(migration.reference(), &draft.touched);
        migrations.push(migration);
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
