//! Fields within one model: columns, numbering, and the names that attributes speak of.

use std::collections::BTreeMap;

use super::context::{Check, field_place, nearest, place, reference};
use crate::diagnostic::{Diagnostic, code};
use crate::model::ModelDef;

pub(super) fn columns(check: &mut Check<'_>) {
    for def in check.models {
        let mut owners: BTreeMap<String, &str> = BTreeMap::new();
        let Some(model) = check.state.models.get(&reference(def)) else { continue };
        let columns: Vec<Option<String>> = model.fields.iter().map(crate::state::FieldState::column_name).collect();
        for (field, column) in def.all_fields().zip(columns) {
            let Some(column) = column else { continue };
            if let Some(first) = owners.insert(column.clone(), field.name) {
                let message = format!("`{}.{}` and `{first}` have one column, `{column}`", def.label.model, field.name);
                let error = Diagnostic::error(code::COLUMN_TWICE, message).at(field_place(def, field));
                check.report(error.help("give one of them another `#[field(column = \"…\")]`"));
            }
        }
    }
}

pub(super) fn autos(check: &mut Check<'_>) {
    for def in check.models {
        if let Some(second) = def.all_fields().filter(|field| field.auto).nth(1) {
            let message = format!("`{}` has several fields with `auto`", def.label.model);
            let error = Diagnostic::error(code::AUTO_TWICE, message).at(field_place(def, second));
            check.report(error.note("a table numbers its rows once").help("keep `auto` on the primary key alone"));
        }
    }
}

/// Every field that a key, an index, or a constraint names exists, and has a column.
pub(super) fn named(check: &mut Check<'_>) {
    for def in check.models {
        for (what, name) in mentions(def) {
            let model = check.state.models.get(&reference(def));
            let field = model.and_then(|model| model.field(&name.into()));
            if field.is_some_and(|field| field.column_name().is_some()) {
                continue;
            }
            let known = def.all_fields().map(|field| field.name).filter(|known| *known != name);
            let message = if field.is_some() {
                format!("{what} of `{}` names `{name}`, which has no column", def.label.model)
            } else {
                format!("{what} of `{}` names `{name}`, which is no field", def.label.model)
            };
            let error = Diagnostic::error(code::UNKNOWN_FIELD, message).at(place(def));
            check.report(match nearest(name, known) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("name fields of the struct, not columns"),
            });
        }
    }
}

fn mentions(def: &ModelDef) -> Vec<(&'static str, &'static str)> {
    let key = def.primary_key.iter().map(|&name| ("the primary key", name));
    let indexes = def.indexes.iter().flat_map(|index| {
        index.fields.iter().map(|(name, _)| *name).chain(index.include.iter().copied()).map(|name| ("an index", name))
    });
    let uniques = def.uniques.iter().flat_map(|unique| unique.fields.iter().map(|&name| ("a unique", name)));
    let keys = def.foreign_keys.iter().flat_map(|key| key.fields.iter().map(|&name| ("a foreign key", name)));
    key.chain(indexes).chain(uniques).chain(keys).collect()
}
