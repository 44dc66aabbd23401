//! Migrations in the making: operations of one app, and the tables that they touch; then names and dependencies.

use std::collections::BTreeSet;

use super::Past;
use crate::migration::Migration;
use crate::name::{AppLabel, MigrationName, ModelName, ModelRef};
use crate::operation::{Operation, Touched, suggest_name};
use crate::state::ProjectState;

/// Operations of one app, and what each of them touches. Operations are large: they stand apart, so that none is moved once more.
#[derive(Default)]
pub(super) struct Operations {
    made: Vec<Operation>,
    touched: Vec<Touched>,
    /// The models that those of them write which come into one migration.
    written: BTreeSet<ModelRef>,
}

impl Operations {
    /// What another operation touches besides what is known of those that come into one migration with it.
    pub(super) fn touched_by(&self, operation: &Operation, app: &AppLabel, before: &ProjectState) -> Touched {
        match concurrent(operation) {
            Some(_) => operation.touches(app, before),
            None => operation.touches_besides(app, before, &self.written),
        }
    }

    pub(super) fn push(&mut self, operation: Operation, touched: Touched) {
        if concurrent(&operation).is_none() {
            for model in &touched.writes {
                if !self.written.contains(model) {
                    self.written.insert(model.clone());
                }
            }
        }
        self.made.push(operation);
        self.touched.push(touched);
    }

    pub(super) fn append(&mut self, mut others: Self) {
        self.made.append(&mut others.made);
        self.touched.append(&mut others.touched);
        self.written.append(&mut others.written);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.made.is_empty()
    }

    /// What all of them touch, and the operations.
    fn together(self) -> (Touched, Vec<Operation>) {
        let mut all = Touched { writes: self.written, reads: BTreeSet::new() };
        for (operation, touched) in self.made.iter().zip(self.touched) {
            all.reads.extend(touched.reads);
            if concurrent(operation).is_some() {
                all.writes.extend(touched.writes);
            }
        }
        (all, self.made)
    }

    fn reversed(mut self) -> Self {
        self.made.reverse();
        self.touched.reverse();
        self
    }
}

/// The operations of one migration, before it has a name.
pub(super) struct Draft {
    app: AppLabel,
    operations: Operations,
}

impl Draft {
    /// Adds operations, and what each of them touches, after all others: to the last draft where it is the same app's, else as a
    /// new one.
    pub(super) fn push(drafts: &mut Vec<Self>, app: AppLabel, operations: Operations) {
        if operations.is_empty() {
            return;
        }
        match drafts.last_mut().filter(|draft| draft.app == app) {
            Some(last) => last.operations.append(operations),
            None => drafts.push(Self { app, operations }),
        }
    }

    /// The operations of each migration: an index that comes or goes while its table is in use needs one without a transaction,
    /// and the others keep theirs.
    fn parts(self) -> Vec<Operations> {
        if !self.operations.made.iter().any(|operation| concurrent(operation).is_some()) {
            return vec![self.operations];
        }
        let (mut together, mut apart): (Operations, Operations) = Default::default();
        let mut written: BTreeSet<ModelRef> = BTreeSet::new();
        let created: BTreeSet<ModelName> = self.operations.made.iter().filter_map(created).cloned().collect();
        let Operations { made, touched, .. } = self.operations;
        for (operation, touched) in made.into_iter().zip(touched).rev() {
            let free = concurrent(&operation).is_some_and(|model| {
                let model = (!created.contains(model)).then(|| ModelRef::new(self.app.clone(), model.clone()));
                model.is_some_and(|model| !written.contains(&model))
            });
            if !free {
                written.extend(touched.writes.iter().cloned());
            }
            if free { &mut apart } else { &mut together }.push(operation, touched);
        }
        let parts = [together, apart].into_iter().filter(|part| !part.is_empty());
        parts.map(Operations::reversed).collect()
    }
}

/// Numbers and names the drafts, and writes down what each depends on.
pub(super) fn migrations(drafts: Vec<Draft>, past: &Past) -> Vec<Migration> {
    let mut past = past.clone();
    let mut migrations = Vec::new();
    for draft in drafts {
        let app = draft.app.clone();
        for part in draft.parts() {
            let (touched, operations) = part.together();
            let dependencies = past.needed(&app, &touched);
            let name = name(past.leaves.get(&app), &operations);
            let migration = Migration { dependencies, ..Migration::new(app.clone(), name, operations) };
            past.add(migration.reference(), &touched);
            migrations.push(migration);
        }
    }
    migrations
}

/// The model that the operation creates.
fn created(operation: &Operation) -> Option<&ModelName> {
    match operation {
        Operation::CreateModel { model, .. } => Some(model),
        _ => None,
    }
}

/// The model whose index comes or goes while its table is in use.
fn concurrent(operation: &Operation) -> Option<&ModelName> {
    match operation {
        Operation::AddIndex { model, index } | Operation::RemoveIndex { model, index } if index.concurrently => {
            Some(model)
        }
        _ => None,
    }
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
