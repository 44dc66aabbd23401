//! The database against what the files say that it has applied.

use std::collections::BTreeSet;

use super::super::directory::Directory;
use super::super::history::{Disagreement, Discord};
use super::super::live::{Held, held};
use super::super::project::Project;
use crate::backend::{Connection, History};
use crate::error::Result;
use crate::migration;
use crate::name::{AppLabel, MigrationRef, ModelRef};
use crate::schema::Difference;
use crate::state::ProjectState;

/// Compares the database with the state that the applied migrations leave, by their files as they are now.
///
/// Only the checksum is left of what ran: it may have changed any model of its app. So all models of the app are compared, and what
/// the files touch outside of it; and where a file is gone, a table that no model has, and whose name begins as those of the app do, is a difference too.
pub(super) async fn compare(
    project: &Project,
    directory: &Directory,
    history: &History,
    chosen: &[Discord],
    connection: &mut Connection,
) -> Result<Held> {
    let applied = applied(directory, history);
    let state = directory.state_of(|migration| applied.contains(migration))?;
    let apps: BTreeSet<AppLabel> = chosen.iter().map(|discord| discord.migration.app.clone()).collect();
    let mut held = held(project, connection, &state, &models(directory, &state, chosen, &apps), &apps).await?;
    // What no file makes may be left of a migration that is gone; beside one that is here it is somebody else's, or made by SQL of its own.
    let is_missed = chosen.iter().any(|discord| discord.what != Disagreement::Edited);
    let own = |difference: &Difference| {
        let table = difference.table();
        let table = table.rsplit('.').next().unwrap_or(table);
        let of = |app: &AppLabel| table.strip_prefix(app.as_str()).is_some_and(|rest| rest.starts_with('_'));
        is_missed && !difference.is_of_enum() && apps.iter().any(of)
    };
    let (own, unknown): (Vec<_>, Vec<_>) = held.unknown.into_iter().partition(own);
    held.differences.extend(own);
    held.unknown = unknown;
    Ok(held)
}

/// What is applied, and the squashes of which all parts are: a part that was edited keeps its squash from being recorded.
fn applied(directory: &Directory, history: &History) -> BTreeSet<MigrationRef> {
    let mut applied: BTreeSet<MigrationRef> = history.applied().into_keys().collect();
    let squashes = directory.migrations.values().filter(|migration| !migration.replaces.is_empty());
    let whole = squashes.filter(|squash| squash.replaces.iter().all(|part| applied.contains(part)));
    let whole: Vec<MigrationRef> = whole.map(migration::Migration::reference).collect();
    applied.extend(whole);
    applied
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
