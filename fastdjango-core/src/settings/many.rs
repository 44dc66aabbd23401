//! One entry of the settings that stands for many databases: one for each name, or one database with a schema for each.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::Serialize;

use super::Database;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::field::Engine;
use crate::name::MAX_IDENTIFIER_BYTES;

/// What stands in the name of a database for what parts it from the others.
pub(super) const STAR: char = '*';

/// What parts the databases of one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// Their names.
    Names,
    /// Their schemas, in one database.
    Schemas,
}

/// One entry of the settings that stands for many databases.
///
/// Which ones is asked anew each time: those listed, those of the file, or where neither is there the files of `SQLite` that match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Many {
    /// What all have in common; a `*` in its name stands for what parts them.
    pub pattern: Database,
    /// What parts them.
    pub by: By,
    /// Those that the settings list.
    pub listed: Vec<String>,
    /// A file with one a line.
    pub from: Option<PathBuf>,
    /// The project's folder.
    pub(super) dir: PathBuf,
}

/// One of many, and the place where it is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// What parts it from the others.
    pub name: String,
    /// Where that stands.
    pub place: Option<Location>,
}

impl Many {
    /// True where no list says which there are, but the files that are there.
    #[must_use]
    pub fn is_found(&self) -> bool {
        self.listed.is_empty() && self.from.is_none()
    }

    /// The project's folder, where the files of a pattern are looked for.
    #[must_use]
    pub fn dir(&self) -> &std::path::Path {
        &self.dir
    }

    /// The database of one of its names.
    #[must_use]
    pub fn database(&self, name: &str) -> Database {
        let mut database = self.part(&self.pattern, name);
        database.migration = self.pattern.migration.as_deref().map(|direct| Box::new(self.part(direct, name)));
        database
    }

    fn part(&self, pattern: &Database, name: &str) -> Database {
        let mut database = pattern.clone();
        match self.by {
            By::Schemas => database.schema = Some(name.to_owned()),
            By::Names => database.name = pattern.name.replacen(STAR, name, 1),
        }
        if database.engine == Engine::Sqlite {
            return Database::sqlite(database.name, &self.dir);
        }
        database
    }

    /// The names, where each is one and there is any; all faults at once.
    pub fn checked(&self, entry: &str, names: &[Named]) -> Result<Vec<String>, Diagnostics> {
        let mut found = Diagnostics(names.iter().filter_map(|named| self.fault(entry, named)).collect());
        let mut known = BTreeSet::new();
        for named in names.iter().filter(|named| !known.insert(&named.name)) {
            let message = format!("`{}` is there twice in `{entry}`", named.name);
            found.push(Diagnostic::error("E208", message).at_opt(named.place.clone()).help("take one of them out"));
        }
        if names.is_empty() {
            found.push(self.none(entry));
        }
        if found.is_empty() { Ok(names.iter().map(|named| named.name.clone()).collect()) } else { Err(found) }
    }

    /// Why a name cannot be one of many.
    fn fault(&self, entry: &str, named: &Named) -> Option<Diagnostic> {
        let name = &named.name;
        let (why, help) = match self.by {
            _ if name.trim() != name || name.is_empty() => {
                (format!("a name of `{entry}` is empty, or has space around it"), "write the name alone")
            }
            By::Names if name.contains(STAR) => (
                format!("`{name}` of `{entry}` holds a `*`"),
                "a `*` belongs into `name`, where each of the names goes",
            ),
            By::Schemas if name.len() > MAX_IDENTIFIER_BYTES => (
                format!("the schema `{name}` of `{entry}` has more than {MAX_IDENTIFIER_BYTES} bytes"),
                "give it a shorter name: the server would cut it off, and two could become one",
            ),
            By::Schemas if name.starts_with("pg_") || name == "information_schema" => (
                format!("the schema `{name}` of `{entry}` is the server's own"),
                "name a schema that holds your tables",
            ),
            By::Names | By::Schemas => return None,
        };
        Some(Diagnostic::error("E208", why).at_opt(named.place.clone()).help(help))
    }

    /// That it stands for nothing at all, and where was looked.
    fn none(&self, entry: &str) -> Diagnostic {
        let fault = Diagnostic::error("E209", format!("`{entry}` stands for many databases, and there is none"));
        match &self.from {
            Some(file) => fault.note(format!("`{}` names none", file.display())).help("write one name a line"),
            None => fault
                .note(format!("no file is called as `{}` says", self.dir.join(&self.pattern.name).display()))
                .help("list them with `names`, or see that `name` is the path of their files"),
        }
    }

    /// That one of them is wanted, and all are named.
    pub(super) fn too_many(entry: &str) -> Diagnostic {
        Diagnostic::error("E210", format!("`{entry}` stands for many databases, and one is wanted"))
            .help(format!("name it: `--database {entry}/NAME`"))
            .help(format!("to migrate all of them: `migrate --all --database {entry}`"))
    }

    /// That a name is none of theirs.
    #[must_use]
    pub fn unknown(entry: &str, name: &str, near: Option<&str>) -> Diagnostic {
        let fault = Diagnostic::error("E211", format!("`{entry}` has no database `{name}`"));
        match near {
            Some(near) => fault.help(format!("did you mean `{entry}/{near}`?")),
            None => fault.help("`migrate --all --check` lists all of them"),
        }
    }
}
