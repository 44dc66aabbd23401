//! Squashes and what they stand for: which of both a database goes by.

use std::collections::{BTreeMap, BTreeSet};

use super::directory::Directory;
use crate::backend::{Event, History, Record};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, Result};
use crate::migration::{Graph, Migration, checksum};
use crate::name::MigrationRef;

impl Directory {
    /// The files as a database goes by them that has applied `applied`.
    ///
    /// A squash stands for what it replaces, unless the database has a part of that: then the part that it lacks comes first, under
    /// its own names. Refused where those files are gone.
    pub(super) fn seen_by(&self, history: &History) -> Result<Self> {
        let applied = history.applied();
        let mut migrations = self.migrations.clone();
        let mut parts: BTreeMap<MigrationRef, MigrationRef> = BTreeMap::new();
        let mut refused = Diagnostics::default();
        for squash in self.migrations.values().filter(|migration| !migration.replaces.is_empty()) {
            let name = squash.reference();
            let (have, lack): (Vec<&MigrationRef>, Vec<&MigrationRef>) =
                squash.replaces.iter().partition(|part| applied.contains_key(*part));
            if applied.contains_key(&name) || have.is_empty() || lack.is_empty() {
                continue;
            }
            if let Some(gone) = lack.iter().find(|part| !self.replaced.contains_key(**part)) {
                refused.push(unfinished(&name, &have, gone).at_opt(self.location(squash)));
                continue;
            }
            migrations.remove(&name);
            let files =
                squash.replaces.iter().filter_map(|part| Some((part.clone(), self.replaced.get(part)?.clone())));
            migrations.extend(files);
            parts.extend(squash.replaces.last().map(|last| (name, last.clone())));
        }
        if !refused.is_empty() {
            return Err(Error::invalid(refused));
        }
        if parts.is_empty() {
            return Ok(self.clone());
        }
        for migration in migrations.values_mut() {
            for other in migration.dependencies.iter_mut().chain(&mut migration.before) {
                *other = parts.get(other).unwrap_or(other).clone();
            }
        }
        let all: Vec<Migration> = migrations.values().cloned().collect();
        let graph = Graph::new(&all).map_err(Error::invalid)?;
        Ok(Self { migrations, graph, ..self.clone() })
    }
}

/// The squashes that a database has in all their parts, and not by name yet.
pub(super) fn whole(directory: &Directory, history: &History) -> Vec<Record> {
    let applied = history.applied();
    let squashes = directory.migrations.values().filter(|squash| {
        let parts = !squash.replaces.is_empty() && squash.replaces.iter().all(|part| applied.contains_key(part));
        parts && !applied.contains_key(&squash.reference())
    });
    squashes
        .map(|squash| Record {
            migration: squash.reference(),
            event: Event::Replaced,
            checksum: checksum(squash),
            text_hash: String::new(),
            note: format!("{} migrations that it stands for are applied", squash.replaces.len()),
        })
        .collect()
}

/// The same as if it were recorded, for who only reads.
pub(super) fn pretend_whole(directory: &Directory, history: &mut History) {
    let at = history.events.last().map(|last| last.at.clone()).unwrap_or_default();
    for record in whole(directory, history) {
        history.pretend(record, &at);
    }
}

/// The parts of squashes that are to be undone: from then on they count by the name of the squash alone, and go with it.
pub(super) fn parts<'m>(history: &History, undone: impl Iterator<Item = &'m Migration>) -> Vec<Record> {
    let applied = history.applied();
    let mut records = Vec::new();
    for squash in undone {
        for part in &squash.replaces {
            let Some(entry) = applied.get(part) else { continue };
            records.push(Record {
                migration: part.clone(),
                event: Event::Relabelled,
                checksum: entry.checksum.clone(),
                text_hash: entry.text_hash.clone(),
                note: format!("is a part of {} now", squash.reference()),
            });
        }
    }
    records
}

/// The applied migrations that a squash stands for which is applied as well.
pub(super) fn covered(directory: &Directory, history: &History) -> BTreeSet<MigrationRef> {
    let applied = history.applied();
    let squashes = directory.migrations.values().filter(|squash| applied.contains_key(&squash.reference()));
    squashes.flat_map(|squash| squash.replaces.iter().cloned()).collect()
}

fn unfinished(squash: &MigrationRef, have: &[&MigrationRef], gone: &MigrationRef) -> Diagnostic {
    let list = |names: &[&MigrationRef]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    Diagnostic::error(
        "E276",
        format!("this database has a part of what `{squash}` stands for, and the file of the rest is gone"),
    )
    .note(format!("it has {}", list(have)))
    .note(format!("there is no file of `{gone}`"))
    .note("nothing was run")
    .help("take the files back from version control until every database has all of them")
}
