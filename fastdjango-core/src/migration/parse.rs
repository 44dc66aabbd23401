//! From the text of a migration file to the migration: everything that is wrong at once, each fault at its place.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::parts::Parts;
use super::{Migration, shape};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::field::Engine;
use crate::name::{AppLabel, MigrationName};
use crate::source::{Codes, Notation, Source};

/// The format that this version writes, and the newest that it reads.
pub const FORMAT: i64 = 1;

const CODES: Codes = Codes { syntax: "E201", unknown: "E202", missing: "E203", value: "E204" };

/// Reads the text of a migration file.
///
/// A key that nobody knows is an error: ignored, it would lose what its writer meant.
pub fn parse(app: &AppLabel, name: &MigrationName, path: &str, text: &str) -> Result<Migration, Diagnostics> {
    // A checkout on Windows may end lines in CR LF; a statement must be the same text, and have the same hash, there.
    let text = &text.replace("\r\n", "\n");
    let source = source(path, text);
    let tree = source.parse()?;
    if let Some(newer) = newer_format(&source, tree.get_ref()) {
        return Err(newer.into());
    }
    let found = source.check(&tree, &shape::FILE);
    if found.has_errors() {
        return Err(found);
    }
    let mut parts = Parts { source: &source, table: tree.get_ref(), found };
    let migration = Migration {
        app: app.clone(),
        name: name.clone(),
        dependencies: parts.list("dependencies"),
        before: parts.list("before"),
        replaces: parts.list("replaces"),
        formerly: parts.list("formerly"),
        atomic: parts.one("atomic").unwrap_or(true),
        operations: parts.list("operations"),
        sql: parts.one::<BTreeMap<Engine, _>>("sql").unwrap_or_default(),
    };
    parts.finish(migration)
}

pub(super) fn source<'a>(path: &'a str, text: &'a str) -> Source<'a> {
    Source { path, text, notation: Notation::Toml, codes: CODES }
}

fn newer_format(source: &Source<'_>, table: &DeTable<'_>) -> Option<Diagnostic> {
    let value = table.get("format")?;
    let DeValue::Integer(number) = value.get_ref() else { return None };
    let format = i64::from_str_radix(number.as_str(), number.radix()).unwrap_or(i64::MAX);
    let place = source.place(value.span().start);
    if format > FORMAT {
        let message =
            format!("format {number} was made by a newer version of fastdjango; this one reads format {FORMAT}");
        return Some(Diagnostic::error("E205", message).at(place).help("update the dependency `fastdjango`"));
    }
    (format < FORMAT).then(|| {
        let help = format!("write `format = {FORMAT}`");
        Diagnostic::error("E204", format!("there is no format {number}")).at(place).help(help)
    })
}
