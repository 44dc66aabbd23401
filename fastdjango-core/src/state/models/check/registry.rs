//! Apps, models, and tables: each name stands for one thing.

use std::collections::BTreeMap;

use super::context::{Check, place, reference};
use crate::diagnostic::{Diagnostic, code};
use crate::model::ModelDef;
use crate::name::ModelRef;
use crate::state::ModelState;

/// One label belongs to one crate: two would write their migrations side by side, and neither would know of the other's.
pub(super) fn labels(check: &mut Check<'_>) {
    let mut crates: BTreeMap<&str, &ModelDef> = BTreeMap::new();
    for def in check.models {
        let first = *crates.entry(def.label.app).or_insert(def);
        if first.source.manifest_dir != def.source.manifest_dir {
            let message = format!("the app `{}` is in two crates", def.label.app);
            let note = format!("`{}` and `{}`, first at {}", first.source.package, def.source.package, place(first));
            let help = "give the models of one of them another `#[model(app = \"…\")]`";
            check.report(Diagnostic::error(code::LABEL_TWICE, message).at(place(def)).note(note).help(help));
        }
    }
}

pub(super) fn models(check: &mut Check<'_>) {
    let mut known: BTreeMap<ModelRef, &ModelDef> = BTreeMap::new();
    for def in check.models {
        if let Some(first) = known.insert(reference(def), def) {
            let message = format!("the app `{}` has two models `{}`", def.label.app, def.label.model);
            let error = Diagnostic::error(code::MODEL_TWICE, message).at(place(def));
            check.report(error.note(format!("the other is at {}", place(first))).help("rename one of the structs"));
        }
    }
}

/// One table belongs to one model, or to one field of pairs.
pub(super) fn tables(check: &mut Check<'_>) {
    let mut owners: BTreeMap<String, (String, &ModelDef)> = BTreeMap::new();
    for def in check.models {
        let owner = (format!("`{}`", reference(def)), *def);
        if let Some((first, other)) = owners.insert(def.table.to_owned(), owner)
            && (other.label != def.label)
        {
            let message = format!("`{}` and {first} have one table, `{}`", reference(def), def.table);
            let error = Diagnostic::error(code::TABLE_TWICE, message).at(place(def));
            let note = format!("the other is at {}", place(other));
            check.report(error.note(note).help("give one of them another `#[model(table = \"…\")]`"));
        }
    }
    for def in check.models {
        for (field, table) in check.state.models.get(&reference(def)).into_iter().flat_map(ModelState::tables_of_pairs)
        {
            let owner = (format!("the pairs of `{}.{field}`", reference(def)), *def);
            if let Some((first, other)) = owners.insert(table.clone(), owner) {
                let message =
                    format!("the pairs of `{}.{field}` would be in `{table}`, the table of {first}", def.label.model);
                let error = Diagnostic::error(code::JOIN_TABLE_TWICE, message).at(place(def));
                let help =
                    "rename the field or the other table, or say `through = …` if that is the model of the pairs";
                check.report(error.note(format!("the other is at {}", place(other))).help(help));
            }
        }
    }
}
