//! `migrate --prune`: parts of squashes whose files are gone count by the name of the squash alone.

use super::project::Project;
use super::replaced::replacing;
use crate::backend::{Connection, Event, RunOptions};
use crate::error::Result;
use crate::name::MigrationRef;

/// How to prune.
#[derive(Clone, Debug, Default)]
pub struct PruneOptions {
    /// Return what would be recorded, and record nothing.
    pub plan_only: bool,
    /// How the run waits for other migrators.
    pub run: RunOptions,
}

/// What `--prune` recorded, or would record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PruneReport {
    /// The parts, in the order of their names.
    pub pruned: Vec<MigrationRef>,
    /// True where the history says so by now.
    pub recorded: bool,
}

/// Records that migrations without a file, which an applied squash stands for, count by its name alone. No row of the history goes.
///
/// [`migrate`](super::migrate) records the same before it runs anything; here nothing is run.
///
/// # Errors
/// Where the files are refused, or the history cannot be read or written.
pub async fn prune(project: &Project, connection: &mut Connection, options: &PruneOptions) -> Result<PruneReport> {
    let directory = project.directory()?;
    let due = replacing(&directory, &project.history(connection).await?.0);
    let pruned = parts(due.into_iter().map(|record| (record.migration, record.event)));
    if options.plan_only || pruned.is_empty() {
        return Ok(PruneReport { pruned, recorded: false });
    }
    let written = connection.record(&options.run, move |history| replacing(&directory, history)).await?;
    Ok(PruneReport { pruned: parts(written.into_iter().map(|entry| (entry.migration, entry.event))), recorded: true })
}

fn parts(events: impl Iterator<Item = (MigrationRef, Event)>) -> Vec<MigrationRef> {
    events.filter(|(_, event)| *event == Event::Relabelled).map(|(migration, _)| migration).collect()
}
