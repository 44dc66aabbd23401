//! The order of what a squash makes: that in which the migrations left it.

use crate::name::{AppLabel, ModelName, ModelRef};
use crate::operation::Operation;
use crate::state::{ModelState, ProjectState};

/// Gives each model that is made its fields, indexes and constraints in the order that they have at the end, whatever they are called
/// until then: an operation behind it may give them, or the model, another name.
///
/// A model stays as it is made where SQL or a function of the user's own comes behind it: that may count on the order of its columns.
pub(super) fn ordered(operations: &mut [Operation], app: &AppLabel, after: &ProjectState) {
    for at in 0..operations.len() {
        let (done, later) = operations.split_at_mut(at + 1);
        if later.iter().any(is_own) {
            continue;
        }
        if let Operation::CreateModel { model, definition } = &mut done[at] {
            let end = ModelRef::new(app.clone(), model_at_the_end(model, later).clone());
            if let Some(end) = after.models.get(&end) {
                sort(model, definition, later, end);
            }
        }
    }
}

fn is_own(operation: &Operation) -> bool {
    matches!(operation, Operation::RunSql { .. } | Operation::RunRust { .. }) || operation.nested().iter().any(is_own)
}

/// What is gone at the end goes behind the rest.
fn sort(model: &ModelName, definition: &mut ModelState, later: &[Operation], end: &ModelState) {
    let behind = |place: Option<usize>| place.unwrap_or(usize::MAX);
    definition.fields.sort_by_key(|field| {
        let name = at_the_end((model, field.name.as_str()), later, field_renamed);
        behind(end.fields.iter().position(|other| other.name == *name))
    });
    definition.indexes.sort_by_cached_key(|index| {
        let name = index.name.as_deref().map(|name| at_the_end((model, name), later, index_renamed));
        behind(end.indexes.iter().position(|other| other.name.as_deref() == name))
    });
    definition.constraints.sort_by_cached_key(|constraint| {
        let name = constraint.name.as_deref().map(|name| at_the_end((model, name), later, constraint_renamed));
        behind(end.constraints.iter().position(|other| other.name.as_deref() == name))
    });
}

/// Whose part is renamed, from what, to what.
type Renamed<'a> = Option<(&'a ModelName, &'a str, &'a str)>;

fn field_renamed(operation: &Operation) -> Renamed<'_> {
    match operation {
        Operation::RenameField { model, from, to } => Some((model, from.as_str(), to.as_str())),
        _ => None,
    }
}

fn index_renamed(operation: &Operation) -> Renamed<'_> {
    match operation {
        Operation::RenameIndex { model, from, to } => Some((model, from, to)),
        _ => None,
    }
}

fn constraint_renamed(operation: &Operation) -> Renamed<'_> {
    match operation {
        Operation::RenameConstraint { model, from, to } => Some((model, from, to)),
        _ => None,
    }
}

fn model_at_the_end<'a>(model: &'a ModelName, later: &'a [Operation]) -> &'a ModelName {
    later.iter().fold(model, renamed)
}

/// What a part of a model is called behind all operations.
fn at_the_end<'a>(
    (mut model, mut name): (&'a ModelName, &'a str),
    later: &'a [Operation],
    part: fn(&Operation) -> Renamed<'_>,
) -> &'a str {
    for operation in later {
        model = renamed(model, operation);
        if let Some((of, from, to)) = part(operation)
            && (of, from) == (model, name)
        {
            name = to;
        }
    }
    name
}

/// What the model is called behind the operation.
fn renamed<'a>(model: &'a ModelName, operation: &'a Operation) -> &'a ModelName {
    match operation {
        Operation::RenameModel { from, to } if from == model => to,
        _ => model,
    }
}
