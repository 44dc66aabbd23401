//! `showmigrations`: every migration, and what the database says of it.

use super::current;
use super::project::Project;
use super::replaced::covered;
use crate::backend::{Connection, Entry, Event};
use crate::error::Result;
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
    let (directory, covered) = (directory.seen_by(&history)?, covered(&directory, &history));
    let (applied, last) = (history.applied(), history.last());
    let mut shown = Vec::with_capacity(directory.migrations.len());
    for reference in directory.graph.order() {
        let migration = directory.get(&reference)?;
        let entry = applied.get(&reference);
        let stopped = |event| last.get(&reference).is_some_and(|last| last.event == event);
        let status = match entry {
            Some(entry) if entry.checksum != crate::migration::checksum(migration) => Status::Edited,
            Some(entry) if entry.event == Event::Faked => Status::Faked,
            Some(_) => Status::Applied,
            None if stopped(Event::Applying) => Status::Stopped,
            None if stopped(Event::Reverting) => Status::Returning,
            None => Status::Pending,
        };
        let at = entry.map(|entry| entry.at.clone());
        shown.push(Shown { migration: reference, status, at, dependencies: migration.dependencies.clone() });
    }
    for (reference, entry) in
        applied.iter().filter(|(name, _)| !directory.migrations.contains_key(name) && !covered.contains(name))
    {
        let at = Some(entry.at.clone());
        shown.push(Shown { migration: reference.clone(), status: Status::Missing, at, dependencies: Vec::new() });
    }
    shown.extend(aside.entries.into_iter().map(elsewhere));
    shown.retain(|entry| apps.is_empty() || apps.contains(&entry.migration.app));
    Ok(shown)
}

/// What a database has of an app that lives elsewhere; half of a migration is since no time.
fn elsewhere(entry: Entry) -> Shown {
    let at = Some(entry.at).filter(|_| !entry.event.is_in_the_middle());
    Shown { migration: entry.migration, status: Status::Elsewhere, at, dependencies: Vec::new() }
}
