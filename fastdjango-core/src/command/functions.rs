//! The functions of Rust that migrations name: all of them found before the first migration runs.

use std::collections::BTreeSet;

use super::directory::Directory;
use super::plan::{Direction, Planned};
use super::project::Project;
use crate::backend::{Function, History};
use crate::data::{DataMigration, Moment};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, Result};
use crate::migration::{Migration, Step, checksum};
use crate::name::{AppLabel, MigrationRef};
use crate::operation::{NOOP, Operation, leads_from};
use crate::state::ProjectState;

/// Gives each planned migration the functions that its steps name; all that is missing comes back at once.
pub(super) fn find(project: &Project, directory: &Directory, history: &History, plan: &mut [Planned]) -> Result<()> {
    let mut applied: BTreeSet<MigrationRef> = history.applied().into_keys().collect();
    let mut faults = Diagnostics::default();
    for planned in plan {
        if planned.direction == Direction::Backward {
            applied.remove(&planned.migration);
        }
        let named = named(&planned.steps);
        if !named.is_empty() {
            let before = directory.state_of(|other| applied.contains(other))?;
            let migration = directory.get(&planned.migration)?;
            let moments = Moments::of(migration, planned.direction, &before);
            for id in named {
                let found = moments.of_step(id).and_then(|moment| function(&project.functions, id, moment.clone()));
                match found {
                    Ok(function) => planned.functions.push(function),
                    Err(fault) => faults.push(fault.at_opt(directory.location(migration)).note("nothing was run")),
                }
            }
        }
        if planned.direction == Direction::Forward {
            applied.insert(planned.migration.clone());
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}

/// What can be found of the functions of a migration that stands in the middle; whatever its steps name besides is told by them.
pub(super) fn of_journal(
    project: &Project,
    history: &History,
    reference: &MigrationRef,
    direction: Direction,
) -> Vec<Function> {
    let Ok(files) = project.whole().directory() else { return Vec::new() };
    let Ok(directory) = files.seen_by(history) else { return Vec::new() };
    let applied = history.applied();
    let (Ok(migration), Ok(before)) =
        (directory.get(reference), directory.state_of(|other| other != reference && applied.contains_key(other)))
    else {
        return Vec::new();
    };
    // A file that changed since puts its functions at other places than those that the journal means.
    if history.last_of(reference).is_none_or(|entry| entry.checksum != checksum(migration)) {
        return Vec::new();
    }
    let moments = Moments::of(migration, direction, &before);
    let found = moments.all.iter().filter_map(|(id, moment)| function(&project.functions, id, moment.clone()).ok());
    found.collect()
}

fn named(steps: &[Step]) -> BTreeSet<&str> {
    let named = steps.iter().filter_map(|step| if let Step::Rust { rust } = step { Some(rust.as_str()) } else { None });
    named.collect()
}

/// Each function that a migration calls in one direction, with the place of the history at which it does.
struct Moments {
    reference: MigrationRef,
    all: Vec<(String, Moment)>,
}

impl Moments {
    fn of(migration: &Migration, direction: Direction, before: &ProjectState) -> Self {
        let mut moments = Self { reference: migration.reference(), all: Vec::new() };
        moments.collect(&migration.app, &migration.operations, direction, before);
        moments
    }

    fn collect(&mut self, app: &AppLabel, operations: &[Operation], direction: Direction, before: &ProjectState) {
        let mut state = before.clone();
        for operation in operations {
            if let Operation::RunRust { run, reverse, .. } = operation {
                let id = if direction == Direction::Forward { Some(run) } else { reverse.as_ref() };
                if let Some(id) = id.filter(|id| *id != NOOP) {
                    let named = operation.said_to_touch().map(|_| operation.subjects(app));
                    let moment = Moment { app: app.clone(), state: state.clone(), touches: named };
                    self.all.push((id.clone(), moment));
                }
            }
            if let Operation::DatabaseOnly { operations } = operation {
                let before = leads_from(app, operations, &state).unwrap_or_else(|_| state.clone());
                self.collect(app, operations, direction, &before);
            }
            // What does not fit was refused before anything was planned.
            if operation.apply(app, &mut state).is_err() {
                return;
            }
        }
    }

    /// The place at which the step's function is called; the models of two places may differ.
    fn of_step(&self, id: &str) -> Result<&Moment, Diagnostic> {
        let mut found = self.all.iter().filter(|(known, _)| known == id).map(|(_, moment)| moment);
        let migration = &self.reference;
        let Some(first) = found.next() else {
            let message = format!("the SQL of `{migration}` calls `{id}`, and none of its operations does");
            let help = "add the `run_rust`, or take the step out; then run `render`";
            return Err(Diagnostic::error("E690", message).help(help));
        };
        if found.any(|other| !other.is_like(first)) {
            let message = format!("`{migration}` calls `{id}` twice, with other models the second time");
            let help = "move one of the two into a migration of its own";
            return Err(Diagnostic::error("E690", message).help(help));
        }
        Ok(first)
    }
}

/// The function of an id, where the program has one and no more.
fn function(
    registered: &[&'static DataMigration],
    id: &str,
    moment: Moment,
) -> std::result::Result<Function, Diagnostic> {
    let mut found = registered.iter().filter(|function| function.id == id);
    let Some(migration) = found.next() else {
        let message = format!("this program has no data migration `{id}`");
        let fault = Diagnostic::error("E680", message)
            .note("it was renamed or deleted since, or its crate is not among those that the program names");
        let near = crate::source::nearest(id, registered.iter().map(|function| function.id));
        let fault = match near {
            Some(near) => {
                fault.help(format!("did you mean `{near}`? An old name is kept by `#[data_migration(id = \"{id}\")]`"))
            }
            None => fault.help("write it: `#[data_migration] async fn …(data: &mut Data<'_>) -> Result<(), Failure>`"),
        };
        return Err(fault.help("name its crate in `fastdjango::main!`"));
    };
    if let Some(other) = found.next() {
        let places = [migration, other].map(|function| format!("`{}:{}`", function.source.file, function.source.line));
        let message = format!("two data migrations are called `{id}`: at {} and at {}", places[0], places[1]);
        return Err(Diagnostic::error("E681", message).help("give one of them another `id = \"…\"`"));
    }
    Ok(Function { migration, moment })
}
