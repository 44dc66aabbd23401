//! Whether a database has everything, told by the snapshots: no migration is parsed where nothing is to be done.

use std::collections::BTreeMap;

use super::files::{AppFiles, Loaded};
use super::project::Project;
use crate::backend::{Connection, History};
use crate::diagnostic::Diagnostics;
use crate::error::Result;
use crate::migration::Outline;
use crate::name::{AppLabel, MigrationRef};

/// What somebody should know, where the snapshots say all that there is to say of the files, and the database has applied just that;
/// else `None`.
pub(super) async fn settled(
    project: &Project,
    loaded: &Loaded,
    connection: &mut Connection,
) -> Result<Option<Diagnostics>> {
    let Some(known) = Known::of(project, loaded) else { return Ok(None) };
    let (history, aside) = project.history(connection).await?;
    Ok(known.are_applied(&history).then_some(aside.warnings))
}

/// The migrations of all apps that live here, each with the checksum of its operations.
struct Known(BTreeMap<MigrationRef, String>);

impl Known {
    /// What the snapshots say.
    ///
    /// None where one is missing or stale, and where there is more to say of an app: that it has no migrations yet, or tables and no
    /// models any more.
    fn of(project: &Project, loaded: &Loaded) -> Option<Self> {
        let mut known = BTreeMap::new();
        let here = project.apps.iter().filter_map(|app| loaded.apps.get_key_value(&app.label));
        for (app, files) in here {
            let outline = current(app, files)?;
            if files.migrations.is_empty() || project.former.contains(app) && outline.has_models() {
                return None;
            }
            let all = outline.migrations.into_iter();
            known.extend(all.map(|recorded| (MigrationRef::new(app.clone(), recorded.name), recorded.checksum)));
        }
        Some(Self(known))
    }

    /// True where a database with this history has applied all of them as they are, no other, and nothing by halves.
    fn are_applied(&self, history: &History) -> bool {
        let last = history.last();
        let whole = !last.values().any(|entry| entry.event.is_in_the_middle());
        let mut applied = last.iter().filter(|(_, entry)| entry.event.is_applied());
        whole
            && applied.clone().count() == self.0.len()
            && applied.all(|(migration, entry)| self.0.get(migration) == Some(&entry.checksum))
    }
}

fn current(app: &AppLabel, files: &AppFiles) -> Option<Outline> {
    let outline = Outline::parse(app, files.snapshot.as_ref()?)?;
    let texts = files.migrations.iter().map(|file| (&file.name, file.text.as_str()));
    outline.is_current(texts).then_some(outline)
}
