//! From the text of a document to what it says: everything that is wrong at once, each fault at its place.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::parts::Parts;
use super::{DOCUMENT_FORMAT, OperationsDocument, shape};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
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
    /// Where each model stands.
    pub places: BTreeMap<ModelRef, Location>,
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
    let operations = parts.list("operations");
    parts.finish(OperationsDocument { app, operations })
}

/// Reads a state of all apps, or of one where the document has an `app`, as `snapshot.json` has.
pub fn parse_state(path: &str, text: &str) -> Result<Described, Diagnostics> {
    let source = source(path, text);
    let tree = source.parse()?;
    if let Some(newer) = newer_format(&source, tree.get_ref()) {
        return Err(newer.into());
    }
    let app = tree.get_ref().get("app").and_then(|app| app.get_ref().as_str()).map(AppLabel::from);
    let found = source.check(&tree, if app.is_some() { &shape::APP } else { &shape::STATE });
    let mut parts = Parts { source: &source, table: tree.get_ref(), found };
    let places = places(&mut parts, app.as_ref());
    if parts.found.has_errors() {
        return Err(parts.found);
    }
    let described = match app {
        Some(app) => of_app(&mut parts, app),
        None => of_all(&mut parts),
    };
    parts.finish(Described { places, ..described })
}

/// Where each model stands; what is no name of one is reported.
fn places(parts: &mut Parts<'_, '_>, app: Option<&AppLabel>) -> BTreeMap<ModelRef, Location> {
    let models = parts.table.get("models").and_then(|models| models.get_ref().as_table());
    let mut places = BTreeMap::new();
    for key in models.into_iter().flatten().map(|(key, _)| key) {
        let place = parts.source.place(key.span().start);
        let name = match app {
            Some(app) => Ok(ModelRef::new(app.clone(), key.get_ref().as_ref())),
            None => key.get_ref().parse(),
        };
        match name {
            Ok(name) => {
                places.insert(name, place);
            }
            Err(error) => parts.found.push(Diagnostic::error(CODES.value, error.to_string()).at(place)),
        }
    }
    places
}

fn of_all(parts: &mut Parts<'_, '_>) -> Described {
    let models = parts.map("models").into_iter().filter_map(|(name, model)| Some((name.parse().ok()?, model)));
    Described { models: models.collect(), enums: parts.map("enums"), ..Described::default() }
}

fn of_app(parts: &mut Parts<'_, '_>, app: AppLabel) -> Described {
    let models = parts.map("models").into_iter().map(|(name, model)| (ModelRef::new(app.clone(), name), model));
    let enums: Vec<(String, Vec<String>)> = parts.map("enums");
    Described {
        models: models.collect(),
        enums: enums.into_iter().map(|(name, values)| (name, EnumState { app: app.clone(), values })).collect(),
        leaf: parts.one("leaf").map(|name: String| MigrationRef::new(app.clone(), name)),
        touched: parts.one("touches").map(|touched| (app, touched)),
        places: BTreeMap::new(),
    }
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
