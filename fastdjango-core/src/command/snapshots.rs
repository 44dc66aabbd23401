//! Snapshots: read instead of the whole history where they are current, written again where they are not.

use std::collections::BTreeMap;

use super::directory::Directory;
use super::files::{AppFiles, FileWrite, Loaded};
use crate::migration::{Recorded, Snapshot, assemble};
use crate::name::{AppLabel, MigrationName};
use crate::state::ProjectState;

/// What the last migrations left.
#[derive(Clone, Debug, Default)]
pub struct Previous {
    /// The state.
    pub state: ProjectState,
    /// The last migration of every app.
    pub leaves: BTreeMap<AppLabel, MigrationName>,
}

/// What the snapshots say; `None` where one of them is missing, stale, or does not fit the others.
pub(super) fn current(loaded: &Loaded) -> Option<Previous> {
    let mut snapshots = Vec::with_capacity(loaded.apps.len());
    for (app, files) in &loaded.apps {
        match &files.snapshot {
            None if files.migrations.is_empty() => {}
            None => return None,
            Some(text) => {
                let snapshot = Snapshot::parse(app, text)?;
                let texts = files.migrations.iter().map(|file| (&file.name, file.text.as_str()));
                snapshots.push(snapshot.is_current(texts).then_some(snapshot)?);
            }
        }
    }
    let state = assemble(&snapshots)?;
    let leaves = snapshots.into_iter().filter_map(|snapshot| Some((snapshot.app, snapshot.leaf?))).collect();
    Some(Previous { state, leaves })
}

/// The snapshots that the files lack; `state` is what all migrations lead to.
pub(super) fn stale(loaded: &Loaded, directory: &Directory, state: &ProjectState) -> Vec<FileWrite> {
    let leaves = directory.graph.leaves();
    let apps = loaded.apps.iter().filter(|(_, files)| !files.migrations.is_empty());
    let fresh = apps.map(|(app, files)| (files, made(app, files, directory, leaves.get(app), state)));
    let changed = fresh.filter(|(files, text)| files.snapshot.as_ref() != Some(text));
    changed.map(|(files, text)| FileWrite::replace(files.dir.snapshot(), text)).collect()
}

fn made(
    app: &AppLabel,
    files: &AppFiles,
    directory: &Directory,
    leaf: Option<&MigrationName>,
    state: &ProjectState,
) -> String {
    let migrations = files
        .migrations
        .iter()
        .filter_map(|file| Some(Recorded::new(directory.migrations.get(&file.reference())?, &file.text)));
    Snapshot::new(app.clone(), leaf.cloned(), migrations.collect(), state).write()
}
