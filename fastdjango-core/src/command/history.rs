//! What the database says was applied, against what the files say.

use super::directory::Directory;
use super::replaced::{covered, is_needed};
use super::resume::without_its_file;
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
    errors.extend(halves(directory, history));
    for Discord { migration, what, applied } in discords(directory, history) {
        match what {
            Disagreement::Edited => errors.push(edited(directory, &migration, &applied)),
            Disagreement::Gone => errors.push(missing(&migration, &applied)),
            Disagreement::Later => reconciled.future.push(migration),
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

/// The migrations that stand in the middle of their steps and have no file, be it that a newer program began them.
fn halves(directory: &Directory, history: &History) -> Diagnostics {
    let last = history.last();
    let half = last.iter().filter(|(_, entry)| entry.event.is_in_the_middle());
    let gone = half.filter(|(name, _)| directory.file(name).is_none() && directory.once_called(name).is_none());
    let errors = gone.map(|(name, entry)| {
        let refusal = Diagnostic::error(
            "E617",
            format!("`{name}` stands in the middle of its steps, and there is no file of it"),
        )
        .note(format!("it began at {} UTC by fastdjango {}", entry.at, entry.tool_version))
        .note("nothing was run")
        .help("take the file back from version control, or run the version of the program that has it");
        without_its_file(history, name, refusal)
    });
    Diagnostics(errors.collect())
}

/// In what a migration that is applied and the files disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disagreement {
    /// Its operations are not those that ran.
    Edited,
    /// Its file is gone.
    Gone,
    /// It sorts after every file of its app: a newer version of the program has it, or its file is gone.
    Later,
}

/// An applied migration that the files disagree with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Discord {
    pub(super) migration: MigrationRef,
    pub(super) what: Disagreement,
    pub(super) applied: Applied,
}

/// Every applied migration that the files disagree with, by name.
pub(super) fn discords(directory: &Directory, history: &History) -> Vec<Discord> {
    let leaves = directory.graph.leaves();
    let covered = covered(directory, history);
    let alone = history.applied().into_iter().filter(|(migration, _)| !covered.contains(migration));
    let discords = alone.filter_map(|(migration, applied)| {
        let what = if let Some(file) = directory.file(&migration) {
            (checksum(file) != applied.checksum).then_some(Disagreement::Edited)?
        } else if applied.event == Event::Replaced && !is_needed(history, &migration) {
            // A squash that is taken back: what it stood for is applied under its own names.
            return None;
        } else if leaves.get(&migration.app).is_none_or(|leaf| migration.name > *leaf) && !directory.is_empty() {
            Disagreement::Later
        } else {
            Disagreement::Gone
        };
        Some(Discord { migration, what, applied })
    });
    discords.collect()
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

fn edited(directory: &Directory, migration: &MigrationRef, applied: &Applied) -> Diagnostic {
    let diagnostic = Diagnostic::error("E602", format!("`{migration}` was edited after it was applied"))
        .note(format!("{} with other operations; white space and comments do not count", since(applied)))
        .note("nothing was run")
        .help("take the file as it was from version control, and put the change into a new migration")
        .help(format!("where the database is as the file says now: {}", repair(migration)));
    match directory.file(migration) {
        Some(file) => diagnostic.at_opt(directory.location(file)),
        None => diagnostic,
    }
}

fn missing(migration: &MigrationRef, applied: &Applied) -> Diagnostic {
    Diagnostic::error("E603", format!("`{migration}` is applied, and its file is gone"))
        .note(since(applied))
        .note("nothing was run")
        .help("take the file back from version control")
        .help(format!("where the database has nothing of it: {}", repair(migration)))
}

/// Since when, and by whom.
pub(super) fn since(applied: &Applied) -> String {
    let how = match applied.event {
        Event::Faked => "it was recorded as applied",
        _ => "it was applied",
    };
    let by = &applied.tool_version;
    let by = if by.is_empty() { String::new() } else { format!(" by fastdjango {by}") };
    format!("{how} at {} UTC{by}", applied.at)
}

fn repair(migration: &MigrationRef) -> String {
    format!(
        "`repair {} {}` compares, and records that; with the `--database` of this one, where it is not `default`",
        migration.app, migration.name
    )
}

fn future(references: &[MigrationRef]) -> Diagnostic {
    let names: Vec<String> = references.iter().map(|reference| format!("`{reference}`")).collect();
    let (is, it, file) =
        if names.len() == 1 { ("is", "it comes", "its file is") } else { ("are", "they come", "their files are") };
    let warning =
        Diagnostic::warning("W604", format!("{} {is} applied, and later than every file here", names.join(", ")))
            .note(format!("{it} from a newer version of the program, or {file} gone"))
            .note("nothing was applied")
            .help("run the newest version of the program, or roll back with the version that has these files");
    references.iter().fold(warning, |warning, migration| {
        warning.help(format!("where the file is gone and the database has nothing of it: {}", repair(migration)))
    })
}
