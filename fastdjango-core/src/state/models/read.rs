//! The models in, the state out.

use super::{AppHints, FieldHints, Hints, ModelHints};
use super::{check, enums, field, table};
use crate::diagnostic::{Diagnostics, Location};
use crate::model::{FieldDef, ModelDef};
use crate::name::ModelRef;
use crate::state::{ModelState, ProjectState};

/// Turns constant definitions into a state, the hints beside it, and what only the whole project can show to be wrong.
///
/// Where the diagnostics hold an error the state is incomplete, and nothing may be written from it.
#[must_use]
pub fn from_models(models: &[&'static ModelDef]) -> (ProjectState, Hints, Diagnostics) {
    let mut state = ProjectState::default();
    let mut hints = Hints::default();
    for def in models {
        let model = reference(def);
        if state.models.contains_key(&model) {
            continue; // reported by `check`, with both places
        }
        state.models.insert(model.clone(), model_state(def));
        hints.apps.entry(model.app.clone()).or_insert_with(|| app_hints(def));
        hints.models.insert(model, model_hints(def));
    }
    for (name, found) in enums::collect(models) {
        hints.enums.insert(name.to_owned(), found.hints());
        state.enums.extend(found.state().map(|state| (name.to_owned(), state)));
    }
    let diagnostics = check::check(models, &state);
    (state, hints, diagnostics)
}

pub(super) fn reference(def: &ModelDef) -> ModelRef {
    ModelRef::new(def.label.app, def.label.model)
}

fn model_state(def: &ModelDef) -> ModelState {
    let mut model = ModelState::new(def.table);
    model.managed = def.managed;
    model.comment = def.comment.map(str::to_owned);
    model.extensions = def.extensions.iter().map(|&extension| extension.to_owned()).collect();
    model.fields = def.all_fields().map(field::field_state).collect();
    model.primary_key = primary_key(def);
    for field in def.all_fields() {
        let alone_in_key = model.primary_key.len() == 1 && model.primary_key[0] == field.name;
        model.indexes.extend(field::index(field, alone_in_key));
        model.constraints.extend(field::constraints(field, alone_in_key));
    }
    model.indexes.extend(table::indexes(def));
    model.constraints.extend(table::constraints(def));
    model
}

fn primary_key(def: &ModelDef) -> Vec<crate::name::FieldName> {
    if !def.primary_key.is_empty() {
        return table::names(def.primary_key);
    }
    def.all_fields().filter(|field| field.primary_key).map(|field| field.name.into()).collect()
}

fn app_hints(def: &ModelDef) -> AppHints {
    AppHints { package: def.source.package.to_owned(), manifest_dir: def.source.manifest_dir.to_owned() }
}

fn model_hints(def: &ModelDef) -> ModelHints {
    ModelHints {
        renamed_from: def.renamed_from.map(|old| former(def, old)),
        location: Some(location(def)),
        fields: def.all_fields().map(|field| (field.name.into(), field_hints(def, field))).collect(),
    }
}

/// `Article` of the model's own app, or `news.Article` of another.
fn former(def: &ModelDef, old: &str) -> ModelRef {
    old.parse().unwrap_or_else(|_| ModelRef::new(def.label.app, old))
}

fn field_hints(def: &ModelDef, field: &FieldDef) -> FieldHints {
    FieldHints {
        renamed_from: field.renamed_from.map(Into::into),
        fill: field.fill.map(super::field::default),
        reverse_fill: field.reverse_fill.map(super::field::default),
        using: field.using.map(super::field::sql),
        reverse_using: field.reverse_using.map(super::field::sql),
        keep_values: field.keep_values,
        location: Some(Location { file: def.source.file.to_owned(), line: field.line, column: field.source_column }),
    }
}

pub(super) fn location(def: &ModelDef) -> Location {
    Location { file: def.source.file.to_owned(), line: def.source.line, column: def.source.column }
}
