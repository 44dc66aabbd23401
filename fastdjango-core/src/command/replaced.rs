//! Squashes and what they stand for: which of both a database goes by.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::directory::Directory;
use crate::backend::{Event, History, Record};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, Result};
use crate::migration::{Graph, Migration, checksum};
use crate::name::MigrationRef;

impl Directory {
    /// The files as a database with this history goes by them.
    ///
    /// A squash stands for what it replaces, unless the database has a part of that: then the part that it lacks comes first, under
    /// its own names. Refused where those files are gone.
    pub(super) fn seen_by(&self, history: &History) -> Result<Cow<'_, Self>> {
        let begun = self.begun(history)?;
        if begun.is_empty() {
            return Ok(Cow::Borrowed(self));
        }
        let mut migrations = self.migrations.clone();
        let mut parts: BTreeMap<MigrationRef, MigrationRef> = BTreeMap::new();
        for squash in begun {
            let name = squash.reference();
            migrations.remove(&name);
            let files = squash.replaces.iter().filter_map(|part| self.replaced.get(part));
            migrations.extend(files.map(|part| (part.reference(), behind(squash, part))));
            let Some(last) = squash.replaces.last() else { continue };
            parts.extend(squash.replaces.iter().chain([&name]).map(|part| (part.clone(), last.clone())));
        }
        // Whatever needs a part has been put behind the squash, so it comes behind the last of them.
        for (_, migration) in migrations.iter_mut().filter(|(name, _)| !parts.contains_key(*name)) {
            for names in [&mut migration.dependencies, &mut migration.before] {
                // An end of an app may be the squash.
                let named = names.iter().flat_map(|name| self.graph.meant(name));
                *names = named.map(|name| parts.get(&name).unwrap_or(&name).clone()).collect();
            }
        }
        let all: Vec<Migration> = migrations.values().cloned().collect();
        let graph = Graph::new(&all).map_err(Error::invalid)?;
        Ok(Cow::Owned(self.holding(migrations, graph)))
    }

    /// The squashes of which a database has a part, and lacks another.
    fn begun(&self, history: &History) -> Result<Vec<&Migration>> {
        let mut squashes = self.migrations.values().filter(|migration| !migration.replaces.is_empty()).peekable();
        let applied = if squashes.peek().is_some() { history.applied() } else { BTreeMap::new() };
        let mut refused = Diagnostics::default();
        let mut begun = Vec::new();
        for squash in squashes {
            let name = squash.reference();
            let (have, lack): (Vec<&MigrationRef>, Vec<&MigrationRef>) =
                squash.replaces.iter().partition(|part| applied.contains_key(*part));
            // One that stands in the middle is neither: it goes on under its own name, behind its journal.
            let middle =
                lack.iter().any(|part| history.last_of(part).is_some_and(|last| last.event.is_in_the_middle()));
            if applied.contains_key(&name) || have.is_empty() && !middle || lack.is_empty() {
                continue;
            }
            match lack.iter().find(|part| !self.replaced.contains_key(**part)) {
                Some(gone) => refused.push(unfinished(&name, &have, gone).at_opt(self.location(squash))),
                None => begun.push(squash),
            }
        }
        if refused.is_empty() { Ok(begun) } else { Err(Error::invalid(refused)) }
    }
}

/// The squashes that a database has in all their parts, and not by name yet.
pub(super) fn whole(directory: &Directory, history: &History) -> Vec<Record> {
    let applied = history.applied();
    let squashes = directory.migrations.values().filter(|squash| {
        // A file that was edited since is told of, and then nothing counts for it.
        let as_applied = |part: &MigrationRef| {
            let file = directory.replaced.get(part);
            applied.get(part).is_some_and(|entry| file.is_none_or(|file| checksum(file) == entry.checksum))
        };
        let parts = !squash.replaces.is_empty() && squash.replaces.iter().all(as_applied);
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

/// What is to be recorded of squashes: those that are there in all their parts, and the parts whose files are gone since.
pub(super) fn replacing(directory: &Directory, history: &History) -> Vec<Record> {
    let mut records = whole(directory, history);
    let then = history.after(&records);
    let applied = then.applied();
    let known = directory.migrations.values().filter(|squash| applied.contains_key(&squash.reference()));
    let mut gone = parts(&then, known);
    gone.retain(|record| directory.file(&record.migration).is_none());
    records.extend(gone);
    records
}

/// Where each applied migration stands in the order in which they were applied; a squash where the last of its parts does.
pub(super) fn places(directory: &Directory, history: &History) -> BTreeMap<MigrationRef, i64> {
    let applied = history.applied();
    let covered = covered(directory, history);
    let place = |name: &MigrationRef, order: i64| {
        let squash = directory.migrations.get(name).filter(|_| applied[name].event == Event::Replaced);
        let parts = squash.into_iter().flat_map(|squash| &squash.replaces);
        parts.filter_map(|part| Some(applied.get(part)?.order)).max().unwrap_or(order)
    };
    let alone = applied.iter().filter(|(name, _)| !covered.contains(*name));
    alone.map(|(name, entry)| (name.clone(), place(name, entry.order))).collect()
}

/// A part in the place of its squash: those that begin the line wait for what the squash waits for.
fn behind(squash: &Migration, part: &Migration) -> Migration {
    let mut part = part.clone();
    if !part.dependencies.iter().any(|other| squash.replaces.contains(other)) {
        let all: BTreeSet<MigrationRef> = part.dependencies.into_iter().chain(squash.dependencies.clone()).collect();
        part.dependencies = all.into_iter().collect();
    }
    part
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
                note: part_of(&squash.reference()),
            });
        }
    }
    records
}

/// True where the database remembers parts by the name of the squash alone, so that it cannot do without its file.
pub(super) fn is_needed(history: &History, squash: &MigrationRef) -> bool {
    let note = part_of(squash);
    history.last().values().any(|last| last.event == Event::Relabelled && last.note == note)
}

fn part_of(squash: &MigrationRef) -> String {
    format!("is a part of {squash} now")
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
