//! The history as the files of now call it: new names in the place of former ones, and squashes that are there in all their parts.

use super::directory::Directory;
use super::history::{Relabel, relabels};
use super::migrate::MigrateOptions;
use super::project::Project;
use super::replaced::{replacing, whole};
use super::resume::none_under_a_former_name;
use super::route::Aside;
use crate::backend::{Connection, History, Record};
use crate::error::Result;

/// Reads the history, and records what it lacks; where the run only plans, it is as if that were recorded.
///
/// What it says of apps that live elsewhere is put aside.
pub(super) async fn current(
    project: &Project,
    directory: &Directory,
    connection: &mut Connection,
    options: &MigrateOptions,
) -> Result<(History, Aside)> {
    let (mut history, aside) = project.history(connection).await?;
    none_under_a_former_name(directory, &history)?;
    if options.plan_only {
        pretend(directory, &mut history);
        return Ok((history, aside));
    }
    if due(directory, &history).is_empty() {
        return Ok((history, aside));
    }
    let directory = directory.clone();
    connection.record(&options.run, move |history| due(&directory, history)).await?;
    Ok((project.own(connection.history().await?), aside))
}

/// What the history lacks to speak of the migrations as the files do.
pub(super) fn due(directory: &Directory, history: &History) -> Vec<Record> {
    let mut records: Vec<Record> = relabels(directory, history).iter().flat_map(Relabel::records).collect();
    let squashes = replacing(directory, &history.after(&records));
    records.extend(squashes);
    records
}

/// The same for who only reads: nothing is recorded.
pub(super) fn pretend(directory: &Directory, history: &mut History) {
    for relabel in relabels(directory, history) {
        relabel.pretend(history);
    }
    let at = history.events.last().map(|last| last.at.clone()).unwrap_or_default();
    for record in whole(directory, history) {
        history.pretend(record, &at);
    }
}
