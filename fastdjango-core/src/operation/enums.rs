//! Enums: made, gone, and with other texts; defaults follow a text that is only called otherwise.

use std::collections::{BTreeMap, BTreeSet};

use super::apply::misfit;
use crate::diagnostic::Diagnostic;
use crate::field::{ColumnType, Default, Literal};
use crate::name::{AppLabel, FieldName, ModelRef};
use crate::state::{EnumState, FieldState, ModelState, ProjectState};

pub(super) fn create(
    app: &AppLabel,
    name: &str,
    values: &[String],
    state: &mut ProjectState,
) -> Result<(), Diagnostic> {
    if let Some(there) = state.enums.get(name) {
        return Err(misfit(format!("there is an enum `{name}` already, of the app `{}`", there.app)));
    }
    differ(name, values)?;
    state.enums.insert(name.to_owned(), EnumState { app: app.clone(), values: values.to_vec() });
    Ok(())
}

pub(super) fn delete(app: &AppLabel, name: &str, state: &mut ProjectState) -> Result<(), Diagnostic> {
    find(app, name, state)?;
    if let Some((model, field)) = state.enum_fields(name).next() {
        return Err(misfit(format!("the enum `{name}` cannot be deleted while `{model}.{field}` has it")));
    }
    state.enums.remove(name);
    Ok(())
}

pub(super) fn alter(
    app: &AppLabel,
    name: &str,
    (from, to): (&[String], &[String]),
    renamed: &BTreeMap<String, String>,
    state: &mut ProjectState,
) -> Result<(), Diagnostic> {
    differ(name, to)?;
    let found = find(app, name, state)?;
    if found.values != from {
        return Err(misfit(format!("the enum `{name}` is not what `from` says")));
    }
    renames(name, (from, to), renamed)?;
    found.values = to.to_vec();
    for (model, field) in fields_of(name, state) {
        let field = state.models.get_mut(&model).and_then(|model| model.field_mut(&field));
        if let Some(Default::Value(Literal::Text(text))) = field.and_then(|field| field.default.as_mut())
            && let Some(new) = renamed.get(text)
        {
            text.clone_from(new);
        }
    }
    Ok(())
}

/// The fields that hold values of the enum, also by a reference.
fn fields_of(name: &str, state: &ProjectState) -> Vec<(ModelRef, FieldName)> {
    let is_of = |field: &&FieldState| matches!(state.column_type(field), Some(ColumnType::Enum(own)) if own == name);
    let of_model = |(model, definition): (&ModelRef, &ModelState)| {
        let fields: Vec<&FieldState> = definition.fields.iter().filter(is_of).collect();
        fields.into_iter().map(|field| (model.clone(), field.name.clone())).collect::<Vec<_>>()
    };
    state.models.iter().flat_map(of_model).collect()
}

/// A field's enum must be there before the field.
pub(super) fn is_there(field: &FieldState, state: &ProjectState) -> Result<(), Diagnostic> {
    match field.enum_name() {
        Some(name) if !state.enums.contains_key(name) => {
            Err(misfit(format!("the field `{}` has the enum `{name}`, which is not there", field.name)))
        }
        _ => Ok(()),
    }
}

/// What differs, in words.
pub(super) fn describe((from, to): (&[String], &[String]), renamed: &BTreeMap<String, String>) -> String {
    let new = |value: &String| !from.contains(value) && !renamed.values().any(|new| new == value);
    let gone = |value: &String| !to.contains(value) && !renamed.contains_key(value);
    let mut words: Vec<String> = renamed.iter().map(|(old, new)| format!("{old} → {new}")).collect();
    words.extend(to.iter().filter(|value| new(value)).map(|value| format!("+ {value}")));
    words.extend(from.iter().filter(|value| gone(value)).map(|value| format!("- {value}")));
    if words.is_empty() { format!("in the order {}", to.join(", ")) } else { words.join(", ") }
}

fn find<'a>(app: &AppLabel, name: &str, state: &'a mut ProjectState) -> Result<&'a mut EnumState, Diagnostic> {
    match state.enums.get_mut(name) {
        Some(found) if found.app == *app => Ok(found),
        Some(found) => Err(misfit(format!("the enum `{name}` belongs to the app `{}`", found.app))),
        None => Err(misfit(format!("there is no enum `{name}`"))),
    }
}

fn differ(name: &str, values: &[String]) -> Result<(), Diagnostic> {
    if values.is_empty() {
        return Err(misfit(format!("the enum `{name}` has no values")));
    }
    let mut seen = BTreeSet::new();
    match values.iter().find(|value| !seen.insert(*value)) {
        Some(twice) => Err(misfit(format!("the enum `{name}` has the value `{twice}` twice"))),
        None => Ok(()),
    }
}

/// A rename leads from a text that was there to one that is, and no two lead to one.
fn renames(
    name: &str,
    (from, to): (&[String], &[String]),
    renamed: &BTreeMap<String, String>,
) -> Result<(), Diagnostic> {
    let mut taken = BTreeSet::new();
    for (old, new) in renamed {
        // A text that stays cannot be what another becomes: two kinds of rows would be one.
        let stays = from.contains(new) && !renamed.contains_key(new);
        if !from.contains(old) || !to.contains(new) || !taken.insert(new) || stays {
            return Err(misfit(format!("the enum `{name}` cannot have `{old}` renamed to `{new}`")));
        }
    }
    Ok(())
}
