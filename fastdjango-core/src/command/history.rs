//! What the database says was applied, against what the files say.

use super::directory::Directory;
use super::replaced::{covered, is_needed};
use crate::backend::{Applied, Event, History, Record};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, Result};
use crate::migration::checksum;
use crate::name::MigrationRef;

/// The outcome of comparing files and history that do not contradict each other.
#[derive(Clone, Debug, Default)]
pub struct Reconciled {
    /// What somebody should know.
    pub warnings: Diagnostics,
    /// Applied by a newer version of the program: its files are not here yet.
    pub future: Vec<MigrationRef>,
}

impl Reconciled {
    /// True where the database is ahead of the files: then nothing may be applied.
    #[must_use]
    pub fn from_the_future(&self) -> bool {
        !self.future.is_empty()
    }
}

/// Compares every applied migration with its file.
///
/// An edited or a missing file is an error: whatever ran then is not what the files say now. A row that sorts after every
/// file of its app was written by a newer version of the program: a warning, and nothing is applied.
pub(super) fn reconcile(directory: &Directory, history: &History) -> Result<Reconciled> {
    let mut reconciled = Reconciled::default();
    let mut errors = Diagnostics::default();
    let leaves = directory.graph.leaves();
    let covered = covered(directory, history);
    for (reference, applied) in history.applied().into_iter().filter(|(reference, _)| !covered.contains(reference)) {
        if let Some(migration) = directory.file(&reference) {
            let now = checksum(migration);
            if now != applied.checksum {
                errors.push(edited(directory, &reference, &applied.at));
            }
        } else if applied.event == Event::Replaced && !is_needed(history, &reference) {
            // A squash that is taken back: what it stood for is applied under its own names.
        } else if leaves.get(&reference.app).is_none_or(|leaf| reference.name > *leaf) && !directory.is_empty() {
            reconciled.future.push(reference);
        } else {
            errors.push(missing(&reference, &applied.at));
        }
    }
    if !errors.is_empty() {
        return Err(Error::invalid(errors));
    }
    if reconciled.from_the_future() {
        reconciled.warnings.push(future(&reconciled.future));
    }
    Ok(reconciled)
}

/// The migrations that are applied under a name that their file says they had, and have now another.
pub(super) fn relabels(directory: &Directory, history: &History) -> Vec<Relabel> {
    let applied = history.applied();
    let relabels = applied.iter().filter_map(|(old, entry)| {
        let new = directory.once_called(old)?.reference();
        (!applied.contains_key(&new)).then(|| Relabel { old: old.clone(), new, entry: entry.clone() })
    });
    relabels.collect()
}

/// A migration under another name than the history has.
#[derive(Clone, Debug)]
pub(super) struct Relabel {
    old: MigrationRef,
    new: MigrationRef,
    entry: Applied,
}

impl Relabel {
    /// The events that say so: the old name counts no longer, the new one does.
    pub(super) fn records(&self) -> [Record; 2] {
        let record = |migration: &MigrationRef, event, note| Record {
            migration: migration.clone(),
            event,
            checksum: self.entry.checksum.clone(),
            text_hash: self.entry.text_hash.clone(),
            note,
        };
        [
            record(&self.old, Event::Relabelled, format!("is {} now", self.new)),
            record(&self.new, Event::Applied, format!("was {}", self.old)),
        ]
    }

    /// The same in a copy of the history, for who only reads.
    pub(super) fn pretend(&self, history: &mut History) {
        for record in self.records() {
            history.pretend(record, &self.entry.at);
        }
    }
}

fn edited(directory: &Directory, reference: &MigrationRef, at: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error("E602", format!("`{reference}` was edited after it was applied"))
        .note(format!("it was applied at {at} UTC with other operations; the database has what they made"))
        .note("nothing was run")
        .help("take the file as it was from version control, and put the change into a new migration");
    match directory.file(reference) {
        Some(migration) => diagnostic.at_opt(directory.location(migration)),
        None => diagnostic,
    }
}

fn missing(reference: &MigrationRef, at: &str) -> Diagnostic {
    Diagnostic::error("E603", format!("`{reference}` is applied, and its file is gone"))
        .note(format!("the database has had it since {at} UTC"))
        .note("nothing was run")
        .help("take the file back from version control")
}

fn future(references: &[MigrationRef]) -> Diagnostic {
    let names: Vec<String> = references.iter().map(|reference| format!("`{reference}`")).collect();
    let (is, it, file) =
        if names.len() == 1 { ("is", "it comes", "its file is") } else { ("are", "they come", "their files are") };
    Diagnostic::warning("W604", format!("{} {is} applied, and later than every file here", names.join(", ")))
        .note(format!("{it} from a newer version of the program, or {file} gone"))
        .note("nothing was applied")
        .help("run the newest version of the program, or roll back with the version that has these files")
}
