//! The database against what the files say that it has applied.

use std::collections::BTreeSet;

use super::super::directory::Directory;
use super::super::history::Discord;
use super::super::project::Project;
use crate::backend::{Connection, History};
use crate::dialect;
use crate::error::{Error, Result};
use crate::migration;
use crate::name::{AppLabel, MigrationRef, ModelRef};
use crate::schema::{Difference, lower, lower_all};
use crate::state::ProjectState;

/// How the database differs from the files.
pub(super) struct Catalog {
    /// In what the migrations could be about.
    pub(super) differences: Vec<Difference>,
    /// In what nobody knows whose it is: tables and enums that no model has.
    pub(super) unknown: Vec<Difference>,
}

/// Compares the database with the state that the applied migrations leave, by their files as they are now.
///
/// Only the checksum is left of what ran: it may have changed any model of its app. So all models of the app are compared, and what
/// the files touch outside of it.
pub(super) async fn compare(
    project: &Project,
    directory: &Directory,
    history: &History,
    chosen: &[Discord],
    connection: &mut Connection,
) -> Result<Catalog> {
    let applied: BTreeSet<MigrationRef> = history.applied().into_keys().collect();
    let state = directory.state_of(|migration| applied.contains(migration))?;
    let dialect = dialect::targeting(connection.engine(), project.settings.target(connection.engine()));
    let expected = lower_all(&state).map_err(Error::invalid)?;
    let found = connection.drift(&expected, &*dialect).await?;
    let apps: BTreeSet<AppLabel> = chosen.iter().map(|discord| discord.migration.app.clone()).collect();
    let tables = tables(&state, &models(directory, &state, chosen, &apps))?;
    let own = |table: &str| {
        let table = table.rsplit('.').next().unwrap_or(table);
        apps.iter().any(|app| table.strip_prefix(app.as_str()).is_some_and(|rest| rest.starts_with('_')))
    };
    let mut catalog = Catalog { differences: Vec::new(), unknown: Vec::new() };
    for difference in found {
        match &difference {
            Difference::UnknownTable { table } if !own(table) => catalog.unknown.push(difference),
            Difference::UnknownEnum { .. } => catalog.unknown.push(difference),
            Difference::UnknownTable { .. } | Difference::MissingEnum { .. } | Difference::Enum { .. } => {
                catalog.differences.push(difference);
            }
            _ if tables.contains(difference.table()) => catalog.differences.push(difference),
            _ => {}
        }
    }
    Ok(catalog)
}

fn models(
    directory: &Directory,
    state: &ProjectState,
    chosen: &[Discord],
    apps: &BTreeSet<AppLabel>,
) -> BTreeSet<ModelRef> {
    let mut touched = migration::touched(&directory.migrations, &directory.graph.order());
    let written = chosen.iter().filter_map(|discord| touched.remove(&discord.migration)).flat_map(|one| one.writes);
    let own = state.models.keys().filter(|model| apps.contains(&model.app)).cloned();
    own.chain(written).filter(|model| state.models.contains_key(model)).collect()
}

fn tables(state: &ProjectState, models: &BTreeSet<ModelRef>) -> Result<BTreeSet<String>> {
    let lowered = lower(state, models).map_err(Error::invalid)?;
    Ok(lowered.into_iter().map(|lowered| lowered.table.name).collect())
}
