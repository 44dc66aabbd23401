//! From the text of a document to what it says: everything that is wrong at once, each fault at its place.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{DOCUMENT_FORMAT, OperationsDocument, shape};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::{AppLabel, MigrationRef, ModelRef};
use crate::operation::Touched;
use crate::source::{Codes, Notation, Record, Source};
use crate::state::{EnumState, ModelState};

const CODES: Codes = Codes { syntax: "E261", unknown: "E262", missing: "E263", value: "E264" };

/// What a document says of a state: all of it, or the part of one app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// The models.
    pub models: Vec<(ModelRef, ModelState)>,
    /// The enums.
    pub enums: Vec<(String, EnumState)>,
    /// The last migration of the app.
    pub leaf: Option<MigrationRef>,
    /// What the app's migrations touch of other apps.
    pub touched: Option<(AppLabel, Touched)>,
}

/// Reads operations of an app.
pub fn parse_operations(path: &str, text: &str) -> Result<OperationsDocument, Diagnostics> {
    let source = source(path, text);
    let tree = checked(&source, &shape::OPERATIONS)?;
    let mut parts = Parts { source: &source, table: tree.get_ref(), found: Diagnostics::default() };
    let app = parts.one("app").unwrap_or_else(|| AppLabel::new(""));
    let values = parts.table.get("operations").and_then(|value| value.get_ref().as_array());
    let operations = values.into_iter().flatten().filter_map(|value| parts.take(value)).collect();
    parts.finish(OperationsDocument { app, operations })
}

/// Reads a state of all apps, or of one where the document has an `app`, as `snapshot.json` has.
pub fn parse_state(path: &str, text: &str) -> Result<Described, Diagnostics> {
    let source = source(path, text);
    let tree = source.parse()?;
    let is_app = tree.get_ref().contains_key("app");
    let tree = checked(&source, if is_app { &shape::APP } else { &shape::STATE })?;
    if let Some(newer) = newer_format(&source, tree.get_ref()) {
        return Err(newer.into());
    }
    let mut parts = Parts { source: &source, table: tree.get_ref(), found: Diagnostics::default() };
    let described = if is_app { of_app(&mut parts) } else { of_all(&mut parts) };
    parts.finish(described)
}

fn of_all(parts: &mut Parts<'_, '_>) -> Described {
    Described { models: parts.map("models", str::parse), enums: parts.map("enums", plain), ..Described::default() }
}

fn of_app(parts: &mut Parts<'_, '_>) -> Described {
    let app: AppLabel = parts.one("app").unwrap_or_else(|| AppLabel::new(""));
    let enums = parts.map::<String, Vec<String>, _>("enums", plain);
    Described {
        models: parts.map("models", |name| Ok::<_, Never>(ModelRef::new(app.clone(), name))),
        enums: enums.into_iter().map(|(name, values)| (name, EnumState { app: app.clone(), values })).collect(),
        leaf: parts.one("leaf").map(|name: String| MigrationRef::new(app.clone(), name)),
        touched: parts.one("touches").map(|touched| (app, touched)),
    }
}

type Never = std::convert::Infallible;

fn plain(name: &str) -> Result<String, Never> {
    String::from_str(name)
}

fn source<'a>(path: &'a str, text: &'a str) -> Source<'a> {
    Source { path, text, notation: Notation::Json, codes: CODES }
}

fn checked<'a>(source: &Source<'a>, record: &Record) -> Result<Spanned<DeTable<'a>>, Diagnostics> {
    let tree = source.parse()?;
    let found = source.check(&tree, record);
    if found.has_errors() { Err(found) } else { Ok(tree) }
}

fn newer_format(source: &Source<'_>, table: &DeTable<'_>) -> Option<Diagnostic> {
    let value = table.get("format")?;
    let DeValue::Integer(number) = value.get_ref() else { return None };
    let message = format!("there is no format {number} of this document; this version reads format {DOCUMENT_FORMAT}");
    let unknown = Diagnostic::error("E265", message).at(source.place(value.span().start));
    let is_known = number.as_str() == DOCUMENT_FORMAT.to_string();
    (!is_known).then(|| unknown.help("update fastdjango where the document is of a newer version"))
}

struct Parts<'s, 'a> {
    source: &'s Source<'a>,
    table: &'s DeTable<'a>,
    found: Diagnostics,
}

impl<'a> Parts<'_, 'a> {
    fn one<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        let value = self.table.get(key)?;
        self.take(value)
    }

    /// The entries of an object, each at its own place.
    fn map<K: Ord, T: DeserializeOwned, E: Display>(
        &mut self,
        key: &str,
        name: impl Fn(&str) -> Result<K, E>,
    ) -> Vec<(K, T)> {
        let entries = self.table.get(key).and_then(|value| value.get_ref().as_table());
        let mut taken = BTreeMap::new();
        for (key, value) in entries.into_iter().flatten() {
            match name(key.get_ref()) {
                Ok(name) => taken.extend(self.take(value).map(|value| (name, value))),
                Err(error) => {
                    let place = self.source.place(key.span().start);
                    self.found.push(Diagnostic::error(CODES.value, error.to_string()).at(place));
                }
            }
        }
        taken.into_iter().collect()
    }

    fn take<T: DeserializeOwned>(&mut self, value: &Spanned<DeValue<'a>>) -> Option<T> {
        self.source.take(value).map_err(|fault| self.found.push(fault)).ok()
    }

    fn finish<T>(self, read: T) -> Result<T, Diagnostics> {
        if self.found.has_errors() { Err(self.found) } else { Ok(read) }
    }
}
