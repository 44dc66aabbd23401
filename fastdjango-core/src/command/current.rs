//! The history as the files of now call it: new names in the place of former ones, and squashes that are there in all their parts.

use super::directory::Directory;
use super::history::{Relabel, relabels};
use super::migrate::MigrateOptions;
use super::replaced::{replacing, whole};
use super::resume::none_under_a_former_name;
use crate::backend::{Connection, History, Record};
use crate::error::Result;

/// Reads the history, and records what it lacks; where the run only plans, it is as if that were recorded.
pub(super) async fn current(
    directory: &Directory,
    connection: &mut Connection,
    options: &MigrateOptions,
) -> Result<History> {
    let mut history = connection.history().await?;
    none_under_a_former_name(directory, &history)?;
    if options.plan_only {
        pretend(directory, &mut history);
        return Ok(history);
    }
    if due(directory, &history).is_empty() {
        return Ok(history);
    }
    let directory = directory.clone();
    connection.record(&options.run, move |history| due(&directory, history)).await?;
    connection.history().await
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
