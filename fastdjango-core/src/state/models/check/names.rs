//! Names that the user gives: short enough for every database, and each given once.

use std::collections::BTreeMap;

use super::context::{Check, field_place, place, reference};
use crate::diagnostic::{Diagnostic, Location, code};
use crate::model::ModelDef;
use crate::name::{MAX_IDENTIFIER_BYTES, split_table};

/// A longer name would be cut by some databases, and then not be found under the name in the migrations.
pub(super) fn lengths(check: &mut Check<'_>) {
    for def in check.models {
        let names = given(def).map(|name| (name, place(def)));
        let columns = def.all_fields().map(|field| (field.column.unwrap_or(field.name), field_place(def, field)));
        let all: Vec<(&str, Location)> =
            table(def).map(|name| (name, place(def))).chain(names).chain(columns).collect();
        for (name, at) in all.into_iter().filter(|(name, _)| name.len() > MAX_IDENTIFIER_BYTES) {
            let message = format!("`{name}` has {} bytes; the longest name is {MAX_IDENTIFIER_BYTES}", name.len());
            let error = Diagnostic::error(code::NAME_TOO_LONG, message).at(at);
            check.report(error.help("give a shorter name; a `column` or `table` may differ from the Rust name"));
        }
    }
}

pub(super) fn twice(check: &mut Check<'_>) {
    let mut owners: BTreeMap<&str, &ModelDef> = BTreeMap::new();
    for def in check.models {
        for name in given(def) {
            if let Some(first) = owners.insert(name, def) {
                let message = format!("`{name}` names two indexes or constraints");
                let error = Diagnostic::error(code::NAME_TWICE, message).at(place(def));
                let note = format!("the other is of `{}`, at {}", reference(first), place(first));
                check.report(error.note(note).help("most databases keep these names in one place; give another"));
            }
        }
    }
}

/// The table's schema and its name there.
fn table(def: &ModelDef) -> impl Iterator<Item = &'static str> + use<> {
    let (schema, name) = split_table(def.table);
    schema.into_iter().chain([name])
}

/// The names of indexes and constraints that the model gives.
fn given(def: &ModelDef) -> impl Iterator<Item = &'static str> + use<> {
    let indexes = def.indexes.iter().filter_map(|index| index.name);
    let uniques = def.uniques.iter().filter_map(|unique| unique.name);
    let checks = def.checks.iter().filter_map(|check| check.name);
    indexes.chain(uniques).chain(checks).chain(def.foreign_keys.iter().filter_map(|key| key.name))
}
