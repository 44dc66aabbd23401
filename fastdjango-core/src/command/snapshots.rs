//! Snapshots: read instead of the whole history where they are current, written again where they are not.

use super::directory::Directory;
use super::files::{AppFiles, FileWrite, Loaded};
use crate::detect::Past;
use crate::migration::{Recorded, Snapshot, assemble};
use crate::name::AppLabel;
use crate::state::ProjectState;

/// What the last migrations left.
#[derive(Clone, Debug, Default)]
pub struct Previous {
    /// The state.
    pub state: ProjectState,
    /// What a new migration has to be put after.
    pub past: Past,
    /// True where it was read out of the migrations, since a snapshot is missing, stale or in conflict.
    pub replayed: bool,
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
    let mut past = Past::default();
    for snapshot in snapshots {
        past.touched.insert(snapshot.app.clone(), snapshot.touches);
        past.leaves.extend(snapshot.leaf.map(|leaf| (snapshot.app, leaf)));
    }
    Some(Previous { state, past, replayed: false })
}

/// The snapshots that the files lack; `left` is what all migrations lead to.
pub(super) fn stale(loaded: &Loaded, directory: &Directory, left: &Previous) -> Vec<FileWrite> {
    let apps = loaded.apps.iter().filter(|(_, files)| !files.migrations.is_empty() && files.dir.is_source());
    let fresh = apps.map(|(app, files)| (files, made(app, files, directory, left)));
    let changed = fresh.filter(|(files, text)| files.snapshot.as_ref() != Some(text));
    changed.map(|(files, text)| FileWrite::replace(files.dir.snapshot(), text)).collect()
}

fn made(app: &AppLabel, files: &AppFiles, directory: &Directory, left: &Previous) -> String {
    let migrations =
        files.migrations.iter().filter_map(|file| Some(Recorded::new(directory.file(&file.reference())?, &file.text)));
    let touched = left.past.touched.get(app).cloned().unwrap_or_default();
    let leaf = left.past.leaves.get(app).cloned();
    Snapshot::new(app.clone(), leaf, migrations.collect(), &touched, &left.state).write()
}
