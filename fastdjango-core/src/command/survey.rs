//! The migrations as far as they can be read: where branches are not merged, or a file is broken, somebody looks at the list first.

use std::collections::BTreeSet;

use super::current;
use super::directory::Directory;
use super::files::{Loaded, MigrationFile};
use super::project::Project;
use super::replaced::covered;
use super::show::{Shown, Status, elsewhere, listed, with_file, without_file};
use crate::backend::{Connection, History};
use crate::diagnostic::Diagnostics;
use crate::error::Result;
use crate::name::{AppLabel, MigrationRef};

/// What is known of the migrations, and what is wrong with them.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// Every migration: in the order in which they run, where there is one, or by name.
    pub shown: Vec<Shown>,
    /// Why the files cannot be read or put in order; empty where they can. What the history and the files disagree on is said of each migration.
    pub faults: Diagnostics,
}

/// The list of [`showmigrations`](super::showmigrations), and where that refuses the files, as much of it as they allow; never writes.
/// Where not every app lives in every database, the project is that of the connection's database: [`Project::on`].
///
/// # Errors
/// Where the database cannot be asked, or the folders cannot be read at all.
pub async fn survey(project: &Project, connection: &mut Connection, apps: &[AppLabel]) -> Result<Survey> {
    project.known_apps(apps)?;
    let (history, aside) = project.history(connection).await?;
    aside.allows(project, apps)?;
    let loaded = project.load()?;
    let mut survey = match project.directory_of(&loaded) {
        Ok(directory) => of_directory(&directory, history),
        Err(refused) => {
            let mut survey = match Directory::with_conflicts(&loaded) {
                Ok(directory) => of_directory(&directory, history),
                Err(_) => Survey { shown: of_files(&loaded, &history), faults: Diagnostics::default() },
            };
            survey.faults = refused.diagnostics().clone();
            survey
        }
    };
    // Where the files have no order, those of every app were read.
    survey.shown.retain(|entry| project.is_here(&entry.migration.app));
    survey.shown.extend(aside.entries.into_iter().map(elsewhere));
    survey.shown.retain(|entry| apps.is_empty() || apps.contains(&entry.migration.app));
    Ok(survey)
}

/// By files whose order is known; a squash of which the database has a part that no file tells of is listed by its own name.
fn of_directory(directory: &Directory, mut history: History) -> Survey {
    current::pretend(directory, &mut history);
    let covered = covered(directory, &history);
    match directory.seen_by(&history) {
        Ok(seen) => Survey { shown: listed(&seen, &history, &covered), faults: Diagnostics::default() },
        Err(refused) => Survey { shown: listed(directory, &history, &covered), faults: refused.diagnostics().clone() },
    }
}

/// File by file, by name: what stands in one that cannot be read might be about any other.
fn of_files(loaded: &Loaded, history: &History) -> Vec<Shown> {
    let (applied, last) = (history.applied(), history.last());
    let each = loaded.files().map(|file| match file.parse() {
        Ok(migration) => with_file(&migration, (&applied, &last)),
        Err(_) => Shown {
            migration: file.reference(),
            status: Status::Unreadable,
            at: applied.get(&file.reference()).map(|entry| entry.at.clone()),
            dependencies: Vec::new(),
            is_branch: false,
        },
    });
    let mut shown: Vec<Shown> = each.collect();
    let names: BTreeSet<MigrationRef> = loaded.files().map(MigrationFile::reference).collect();
    shown.extend(without_file(history, |name| names.contains(name)));
    shown
}
