//! Everything that a check looks at, and the list of checks.

use super::{enums, fields, names, registry, relations};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::model::{FieldDef, ModelDef};
use crate::name::ModelRef;
use crate::state::ProjectState;

/// The definitions, the state made of them, and what was found so far.
pub(super) struct Check<'a> {
    pub(super) models: &'a [&'static ModelDef],
    pub(super) state: &'a ProjectState,
    found: Diagnostics,
}

/// Every fault of the models, in the order of the checks; a fault is told once, at the place to change.
pub(in crate::state::models) fn check(models: &[&'static ModelDef], state: &ProjectState) -> Diagnostics {
    let mut check = Check { models, state, found: Diagnostics::default() };
    registry::labels(&mut check);
    registry::models(&mut check);
    registry::tables(&mut check);
    fields::columns(&mut check);
    fields::autos(&mut check);
    fields::named(&mut check);
    relations::targets(&mut check);
    relations::composite_keys(&mut check);
    relations::related_names(&mut check);
    enums::owners(&mut check);
    enums::names(&mut check);
    names::lengths(&mut check);
    names::twice(&mut check);
    check.found
}

impl Check<'_> {
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }
}

pub(super) fn reference(def: &ModelDef) -> ModelRef {
    ModelRef::new(def.label.app, def.label.model)
}

pub(super) fn place(def: &ModelDef) -> Location {
    Location { file: def.source.file.to_owned(), line: def.source.line, column: def.source.column }
}

pub(super) fn field_place(def: &ModelDef, field: &FieldDef) -> Location {
    Location { file: def.source.file.to_owned(), line: field.line, column: field.source_column }
}

/// The nearest of the names, as a suggestion; nothing where none is near.
pub(super) fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let near = names.map(|other| (strsim::jaro_winkler(name, other), other)).filter(|(score, _)| *score > 0.8);
    near.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, other)| other)
}
