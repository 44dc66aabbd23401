//! `showmigrations`: every migration, and what the database says of it.

use std::collections::{BTreeMap, BTreeSet};

use super::current;
use super::directory::Directory;
use super::project::Project;
use super::replaced::covered;
use crate::backend::{Applied, Connection, Entry, Event, History};
use crate::error::Result;
use crate::migration::{Migration, checksum};
use crate::name::{AppLabel, MigrationRef};

/// What the database says of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is applied.
    Applied,
    /// It was recorded as applied, and did not run.
    Faked,
    /// It began and did not end.
    Stopped,
    /// Its undoing began and did not end.
    Returning,
    /// It is not applied.
    Pending,
    /// It is applied, and its file is gone.
    Missing,
    /// It is applied, and its operations were edited since.
    Edited,
    /// Its file cannot be read; it is applied where `at` says since when.
    Unreadable,
    /// It is there, or half of it is, and its app lives in another database by now.
    Elsewhere,
}

/// A migration in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The migration.
    pub migration: MigrationRef,
    /// What the database says of it.
    pub status: Status,
    /// Since when, in UTC by the database's clock.
    pub at: Option<String>,
    /// What it depends on.
    pub dependencies: Vec<MigrationRef>,
    /// True where it is one of several last migrations of its app.
    pub is_branch: bool,
}

/// Lists the migrations in the order in which they run, those without a file and those of apps that live elsewhere last; never writes.
///
/// An empty list of apps means all of them. Where not every app lives in every database, the project is that of the connection's
/// database: [`Project::on`].
pub async fn showmigrations(project: &Project, connection: &mut Connection, apps: &[AppLabel]) -> Result<Vec<Shown>> {
    let directory = project.directory()?;
    project.known_apps(apps)?;
    let (mut history, aside) = project.history(connection).await?;
    aside.allows(project, apps)?;
    current::pretend(&directory, &mut history);
    let covered = covered(&directory, &history);
    let mut shown = listed(&*directory.seen_by(&history)?, &history, &covered);
    shown.extend(aside.entries.into_iter().map(elsewhere));
    shown.retain(|entry| apps.is_empty() || apps.contains(&entry.migration.app));
    Ok(shown)
}

/// The migrations of files that have an order, and those without a file.
pub(super) fn listed(directory: &Directory, history: &History, covered: &BTreeSet<MigrationRef>) -> Vec<Shown> {
    let (applied, last) = (history.applied(), history.last());
    let branches = directory.graph.conflicts();
    let order = directory.graph.order().into_iter();
    let files = order.filter_map(|reference| directory.migrations.get(&reference));
    let mut shown: Vec<Shown> = files.map(|migration| with_file(migration, (&applied, &last))).collect();
    for entry in &mut shown {
        entry.is_branch = branches.get(&entry.migration.app).is_some_and(|names| names.contains(&entry.migration.name));
    }
    let parts = directory.replaced.iter().filter(|(name, _)| {
        applied.contains_key(*name) && !covered.contains(*name) && !directory.migrations.contains_key(*name)
    });
    shown.extend(parts.map(|(_, part)| with_file(part, (&applied, &last))));
    shown.extend(without_file(history, |name| directory.file(name).is_some() || covered.contains(name)));
    shown
}

/// What the database says of a migration whose file can be read.
pub(super) fn with_file(
    migration: &Migration,
    (applied, last): (&BTreeMap<MigrationRef, Applied>, &BTreeMap<MigrationRef, &Entry>),
) -> Shown {
    let reference = migration.reference();
    let entry = applied.get(&reference);
    let status = match (entry, last.get(&reference).map(|last| last.event)) {
        (Some(entry), _) if entry.checksum != checksum(migration) => Status::Edited,
        (Some(entry), _) if entry.event == Event::Faked => Status::Faked,
        (Some(_), _) => Status::Applied,
        (None, Some(Event::Applying)) => Status::Stopped,
        (None, Some(Event::Reverting)) => Status::Returning,
        (None, _) => Status::Pending,
    };
    let at = entry.map(|entry| entry.at.clone());
    let dependencies = migration.dependencies.clone();
    Shown { migration: reference, status, at, dependencies, is_branch: false }
}

/// What is applied, or half of it, and is none of those that `has_file` knows.
pub(super) fn without_file(history: &History, has_file: impl Fn(&MigrationRef) -> bool) -> Vec<Shown> {
    let applied = history.applied();
    let gone = history.last().into_iter().filter(|(name, _)| !has_file(name));
    let shown = gone.filter_map(|(migration, last)| {
        let status = match last.event {
            Event::Applying => Status::Stopped,
            Event::Reverting => Status::Returning,
            _ => Status::Missing,
        };
        let at = applied.get(&migration).map(|entry| entry.at.clone());
        let counts = at.is_some() || last.event.is_in_the_middle();
        counts.then_some(Shown { migration, status, at, dependencies: Vec::new(), is_branch: false })
    });
    shown.collect()
}

/// What a database has of an app that lives elsewhere; half of a migration is since no time.
pub(super) fn elsewhere(entry: Entry) -> Shown {
    let at = Some(entry.at).filter(|_| !entry.event.is_in_the_middle());
    let (status, dependencies) = (Status::Elsewhere, Vec::new());
    Shown { migration: entry.migration, status, at, dependencies, is_branch: false }
}
