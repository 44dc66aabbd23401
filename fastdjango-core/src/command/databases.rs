//! The databases of a project by name, also of those entries of the settings that stand for many.

use std::collections::BTreeMap;

use super::files::{lines, matching};
use super::project::Project;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, Result};
use crate::settings::{Database, Many, Named};
use crate::source::nearest;

/// A database, and what the settings call it: `default`, or `tenants/acme` for one of many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedDatabase {
    /// Its name.
    pub name: String,
    /// Where it is, as migrations connect to it.
    pub database: Database,
}

impl Project {
    /// The database that the settings call `name`, as migrations connect to it; one of many is `ENTRY/NAME`.
    pub fn database(&self, name: &str) -> Result<Database> {
        let Some((entry, many, own)) = self.settings.one_of_many(name).map_err(Error::invalid)? else {
            return self.settings.database(name).map(|one| one.for_migrations().clone()).map_err(Error::invalid);
        };
        let names = names(entry, many)?;
        if names.iter().any(|name| name == own) {
            return Ok(many.database(own).for_migrations().clone());
        }
        let near = nearest(own, names.iter().map(String::as_str));
        Err(Error::invalid(Many::unknown(entry, own, near)))
    }

    /// The databases of one entry of the settings, or of all of them, in order: those of an entry that stands for many as it lists them.
    ///
    /// # Errors
    /// Where one of them is not known whole, where an entry has none, and where two of them are one and the same.
    pub fn databases(&self, entry: Option<&str>) -> Result<Vec<NamedDatabase>> {
        let entries: Vec<&str> = match entry {
            Some(entry) => vec![entry],
            None => self.settings.entries().collect(),
        };
        let (mut databases, mut found) = (Vec::new(), Diagnostics::default());
        for entry in entries {
            match self.of_entry(entry) {
                Ok(of_entry) => databases.extend(of_entry),
                Err(error) => found.extend(error.diagnostics().clone()),
            }
        }
        found.extend(twice(&databases));
        if found.is_empty() { Ok(databases) } else { Err(Error::invalid(found)) }
    }

    /// Refuses two entries of the settings that are one database: each would have apps that live elsewhere by the other.
    pub(super) fn entries_apart(&self) -> Result<()> {
        let (many, unset) = (&self.settings.many, &self.settings.unset);
        let single = self.settings.entries().filter(|entry| !many.contains_key(*entry) && !unset.contains_key(*entry));
        let named = single
            .filter_map(|entry| Some(NamedDatabase { name: entry.to_owned(), database: self.database(entry).ok()? }));
        let found = twice(&named.collect::<Vec<_>>());
        if found.is_empty() { Ok(()) } else { Err(Error::invalid(found)) }
    }

    fn of_entry(&self, entry: &str) -> Result<Vec<NamedDatabase>> {
        let Some(many) = self.settings.many.get(entry).filter(|_| !self.settings.unset.contains_key(entry)) else {
            return Ok(vec![NamedDatabase { name: entry.to_owned(), database: self.database(entry)? }]);
        };
        let one = |own: &String| NamedDatabase {
            name: format!("{entry}/{own}"),
            database: many.database(own).for_migrations().clone(),
        };
        Ok(names(entry, many)?.iter().map(one).collect())
    }
}

/// What parts the databases of an entry, as the settings, a file or a folder say now.
fn names(entry: &str, many: &Many) -> Result<Vec<String>> {
    let mut names: Vec<Named> = many.listed.iter().map(|name| Named { name: name.clone(), place: None }).collect();
    if let Some(file) = &many.from {
        names.extend(lines(file)?);
    }
    if many.is_found() {
        names = matching(many.dir(), &many.pattern.name)?;
    }
    many.checked(entry, &names).map_err(Error::invalid)
}

/// Two names of one database: its migrations would be counted twice, and waited for.
fn twice(databases: &[NamedDatabase]) -> Diagnostics {
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    let mut found = Diagnostics::default();
    for NamedDatabase { name, database } in databases {
        if let Some(other) = known.insert(place(database), name) {
            let message = format!("`{other}` and `{name}` are one database: {}", database.describe());
            let help = "take one of them out of the settings; `migrate --all --database NAME` works on one entry, where none names its `apps`";
            found.push(Diagnostic::error("E663", message).note("nothing was run").help(help));
        }
    }
    found
}

/// Where a database is, whoever connects.
fn place(database: &Database) -> String {
    match &database.file {
        Some(file) => std::fs::canonicalize(file).unwrap_or_else(|_| file.clone()).display().to_string(),
        None => database.describe(),
    }
}
