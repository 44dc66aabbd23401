//! `migrate --fake-initial`: first migrations whose tables are there already are recorded, once the catalog says that they are the same.

use std::collections::BTreeSet;

use super::directory::Directory;
use super::live::{Held, held};
use super::plan::{Direction, Planned};
use super::project::Project;
use crate::backend::{Connection, History};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, Result};
use crate::migration::{self, Migration};
use crate::name::{AppLabel, MigrationRef, ModelName, ModelRef};
use crate::operation::Operation;

/// Marks what is recorded instead of run; refused where an app's tables are there in part, or otherwise than its first migration makes them.
///
/// A first migration depends on no other of its app and only creates. One of which no table is there runs as ever.
pub(super) async fn find(
    project: &Project,
    directory: &Directory,
    history: &History,
    plan: &mut [Planned],
    connection: &mut Connection,
) -> Result<()> {
    let applied = history.applied();
    let mut state = directory.state_of(|other| applied.contains_key(other))?;
    let mut refused = Diagnostics::default();
    for planned in plan.iter_mut().filter(|planned| planned.direction == Direction::Forward) {
        let migration = directory.get(&planned.migration)?;
        migration::advance(&mut state, [migration])?;
        let Some(models) = created(migration) else { continue };
        // One that was begun is ended by its journal.
        if history.last_of(&planned.migration).is_some_and(|last| last.event.is_in_the_middle()) {
            continue;
        }
        let apps = BTreeSet::from([migration.app.clone()]);
        let held = held(project, connection, &state, &models, &apps).await?;
        if held.is_bare() {
            continue;
        }
        if held.differences.is_empty() {
            planned.faked = Some(note(&held));
            planned.rerendered = None;
        } else {
            refused.push(differs(&planned.migration, &held).at_opt(directory.location(migration)));
        }
    }
    if refused.is_empty() { Ok(()) } else { Err(Error::invalid(refused)) }
}

/// The models that a first migration makes; none where it is no first migration, or does anything but create.
fn created(migration: &Migration) -> Option<BTreeSet<ModelRef>> {
    if migration.dependencies.iter().any(|other| other.app == migration.app) {
        return None;
    }
    let mut models: BTreeSet<&ModelName> = BTreeSet::new();
    for operation in &migration.operations {
        match operation {
            Operation::CreateModel { model, .. } => {
                models.insert(model);
            }
            Operation::CreateEnum { .. } => {}
            // The keys of a circle come after both of its tables.
            Operation::AddField { model, .. }
            | Operation::AlterField { model, .. }
            | Operation::AddIndex { model, .. }
            | Operation::AddConstraint { model, .. }
                if models.contains(model) => {}
            _ => return None,
        }
    }
    let of_app = |model: &ModelName, app: &AppLabel| ModelRef { app: app.clone(), model: model.clone() };
    (!models.is_empty()).then(|| models.into_iter().map(|model| of_app(model, &migration.app)).collect())
}

fn note(held: &Held) -> String {
    let (tables, are) = (held.tables.len(), if held.tables.len() == 1 { " is" } else { "s are" });
    format!("recorded by --fake-initial; its {tables} table{are} there as in its file")
}

fn differs(reference: &MigrationRef, held: &Held) -> Diagnostic {
    let missing = held.missing();
    let there: Vec<&String> = held.tables.iter().filter(|table| !missing.contains(table.as_str())).collect();
    let there = there.iter().map(|table| format!("`{table}`")).collect::<Vec<_>>().join(", ");
    let message = if missing.is_empty() {
        format!("the tables of `{reference}` are there, and not as it makes them")
    } else {
        format!("some tables of `{reference}` are there, and some are not")
    };
    let mut diagnostic = Diagnostic::error("E671", message);
    if !missing.is_empty() {
        diagnostic = diagnostic.note(format!("there is {there}"));
    }
    for difference in &held.differences {
        diagnostic = diagnostic.note(difference.to_string());
    }
    diagnostic
        .note("nothing was run, and nothing was recorded")
        .help("bring the tables to what the migration says, or take those away that are not its own")
        .help("where the database is ahead of the first migration: `baseline` compares it with all of them")
}
