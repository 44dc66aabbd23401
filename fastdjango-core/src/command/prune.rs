//! `migrate --prune`: parts of squashes whose files are gone count by the name of the squash alone.

use super::directory::Directory;
use super::project::Project;
use super::replaced::{parts, whole};
use crate::backend::{Connection, Event, History, Record, RunOptions};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, ErrorKind, Result};
use crate::name::MigrationRef;

/// How to prune.
#[derive(Clone, Debug, Default)]
pub struct PruneOptions {
    /// Return what would be recorded, and record nothing.
    pub plan_only: bool,
    /// What is to be recorded was shown, and may be.
    pub confirmed: bool,
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
/// # Errors
/// Where nobody confirmed it; then nothing is recorded.
pub async fn prune(project: &Project, connection: &mut Connection, options: &PruneOptions) -> Result<PruneReport> {
    let directory = project.directory()?;
    let records = due(&directory, &connection.history().await?);
    let names = |records: &[Record]| -> Vec<MigrationRef> {
        let parts = records.iter().filter(|record| record.event == Event::Relabelled);
        parts.map(|record| record.migration.clone()).collect()
    };
    let mut report = PruneReport { pruned: names(&records), recorded: false };
    if options.plan_only || report.pruned.is_empty() {
        return Ok(report);
    }
    if !options.confirmed {
        return Err(Error::new(ErrorKind::Unanswered, unconfirmed(&report.pruned)));
    }
    let written = connection.record(&options.run, move |history| due(&directory, history)).await?;
    let pruned = written.into_iter().filter(|entry| entry.event == Event::Relabelled);
    report.pruned = pruned.map(|entry| entry.migration).collect();
    report.recorded = true;
    Ok(report)
}

/// The squashes that are there in all their parts, and the parts whose files are gone.
fn due(directory: &Directory, history: &History) -> Vec<Record> {
    let mut records = whole(directory, history);
    let mut then = history.clone();
    for record in &records {
        then.pretend(record.clone(), "");
    }
    let applied = then.applied();
    let known = directory.migrations.values().filter(|squash| applied.contains_key(&squash.reference()));
    let gone = parts(&then, known).into_iter().filter(|record| directory.file(&record.migration).is_none());
    records.extend(gone);
    records
}

fn unconfirmed(pruned: &[MigrationRef]) -> Diagnostics {
    let refusal = Diagnostic::error(
        "E616",
        "migrations are to count by the names of their squashes alone, and nobody confirmed it",
    );
    let refusal = pruned.iter().fold(refusal, |refusal, part| refusal.note(part.to_string()));
    refusal.note("nothing was recorded").help("to record it: add `--yes`").into()
}
