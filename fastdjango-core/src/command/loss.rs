//! What a rollback destroys, counted before it starts.

use std::collections::BTreeSet;
use std::fmt;

use super::directory::Directory;
use super::plan::{Direction, Planned};
use crate::backend::{Connection, History};
use crate::error::{Error, Result};
use crate::name::{AppLabel, MigrationRef};
use crate::operation::{Operation, leads_from, reverse_all};
use crate::schema;
use crate::state::{FieldKind, ProjectState};

/// What goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossKind {
    /// A table with its rows.
    Table,
    /// A column with its values.
    Column,
}

/// Rows or values that a rollback destroys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Which migration's way back destroys them.
    pub migration: MigrationRef,
    /// Table or column.
    pub kind: LossKind,
    /// The table, or `table.column`.
    pub name: String,
    /// How many rows, or rows with a value; `None` where they cannot be counted now (a later migration renamed it).
    pub rows: Option<u64>,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, unit) = match self.kind {
            LossKind::Table => ("table", "rows"),
            LossKind::Column => ("column", "values"),
        };
        write!(f, "{}: {kind} `{}` goes, ", self.migration, self.name)?;
        match self.rows {
            None => write!(f, "with whatever {unit} it has"),
            Some(1) => write!(f, "with 1 {}", unit.trim_end_matches('s')),
            Some(rows) => write!(f, "with {rows} {unit}"),
        }
    }
}

/// Counts what the plan destroys; what is empty is no loss.
///
/// What a later migration renamed cannot be counted under its old name, and is named as a loss of unknown size.
pub(super) async fn losses(
    directory: &Directory,
    history: &History,
    plan: &[Planned],
    connection: &mut Connection,
) -> Result<Vec<Loss>> {
    let mut losses = Vec::new();
    if plan.iter().all(|planned| planned.direction == Direction::Forward) {
        return Ok(losses);
    }
    let applied: BTreeSet<MigrationRef> = history.applied().into_keys().collect();
    // Without the state nobody knows what goes: an error here must not read as "no losses".
    let mut state = directory.state_of(|migration| applied.contains(migration))?;
    for planned in plan {
        let Some(migration) = directory.migrations.get(&planned.migration) else { continue };
        for operation in migration.operations.iter().rev() {
            for (kind, table, column) in destroyed(operation, &migration.app, &state) {
                let rows = count(connection, &table, column.as_deref()).await;
                let name = column.map_or_else(|| table.clone(), |column| format!("{table}.{column}"));
                if rows != Some(0) && !losses.iter().any(|loss: &Loss| loss.name == name) {
                    losses.push(Loss { migration: planned.migration.clone(), kind, name, rows });
                }
            }
            if let Some(reverse) = operation.reverse() {
                reverse.apply(&migration.app, &mut state).map_err(Error::invalid)?;
            }
        }
    }
    Ok(losses)
}

type Destroyed = (LossKind, String, Option<String>);

fn destroyed(operation: &Operation, app: &AppLabel, state: &ProjectState) -> Vec<Destroyed> {
    let model = |name| crate::name::ModelRef { app: app.clone(), model: name };
    match operation {
        Operation::CreateModel { model: name, .. } => tables(state, &model(name.clone())),
        Operation::AddField { model: name, field, .. } => {
            let Some(owner) = state.models.get(&model(name.clone())).filter(|owner| owner.managed) else {
                return Vec::new();
            };
            match &field.kind {
                FieldKind::ManyToMany(pairs) if pairs.through.is_none() => {
                    joins(state, &model(name.clone()), Some(&field.name))
                }
                _ if field.generated.is_some() => Vec::new(),
                _ => field
                    .column_name()
                    .map(|column| (LossKind::Column, owner.table.clone(), Some(column)))
                    .into_iter()
                    .collect(),
            }
        }
        Operation::DatabaseOnly { operations } => within(operations, app, state),
        _ => Vec::new(),
    }
}

/// What the way back of operations destroys that the state does not see.
fn within(operations: &[Operation], app: &AppLabel, state: &ProjectState) -> Vec<Destroyed> {
    let Some(Ok(mut state)) = reverse_all(operations).map(|back| leads_from(app, &back, state)) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for operation in operations.iter().rev() {
        all.extend(destroyed(operation, app, &state));
        let Some(Ok(())) = operation.reverse().map(|back| back.apply(app, &mut state)) else { return all };
    }
    all
}

fn tables(state: &ProjectState, model: &crate::name::ModelRef) -> Vec<Destroyed> {
    let Some(owner) = state.models.get(model).filter(|owner| owner.managed) else {
        return Vec::new();
    };
    let mut tables = joins(state, model, None);
    tables.push((LossKind::Table, owner.table.clone(), None));
    tables
}

fn joins(
    state: &ProjectState,
    model: &crate::name::ModelRef,
    field: Option<&crate::name::FieldName>,
) -> Vec<Destroyed> {
    let lowered = schema::lower(state, &BTreeSet::from([model.clone()])).unwrap_or_default();
    let joins = lowered.into_iter().filter_map(|lowered| match lowered.identity {
        schema::Identity::Join(owner, name) if owner == *model && field.is_none_or(|field| *field == name) => {
            Some((LossKind::Table, lowered.table.name, None))
        }
        _ => None,
    });
    joins.collect()
}

async fn count(connection: &mut Connection, table: &str, column: Option<&str>) -> Option<u64> {
    match column {
        None => connection.count_rows(table).await.ok(),
        Some(column) => connection.count_values(table, column).await.ok(),
    }
}
