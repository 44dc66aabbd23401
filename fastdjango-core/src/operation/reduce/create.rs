//! What follows the creation of a model goes into it; what precedes a deletion goes with it.

use super::commute::subjects;
use crate::name::{AppLabel, ModelName, ModelRef};
use crate::operation::Operation;
use crate::state::{ConstraintKind, EnumState, FieldState, ModelState, ProjectState};

pub(super) fn fold(first: &Operation, second: &Operation, app: &AppLabel) -> Option<Vec<Operation>> {
    match (first, second) {
        (Operation::CreateModel { model, .. }, Operation::DeleteModel { model: deleted, .. }) if model == deleted => {
            Some(Vec::new())
        }
        (Operation::CreateModel { model, definition }, next) => after_creation(model, definition, next, app),
        (previous, Operation::DeleteModel { model, definition }) => before_deletion(previous, model, definition, app),
        _ => None,
    }
}

/// A new table has no rows, so fills have nothing to fill.
fn after_creation(
    model: &ModelName,
    definition: &ModelState,
    next: &Operation,
    app: &AppLabel,
) -> Option<Vec<Operation>> {
    if !subjects(next)?.contains(&model) || is_apart(next, definition) {
        return None;
    }
    let (model, definition) = applied(model, definition, next, app)?;
    Some(vec![Operation::CreateModel { model, definition }])
}

/// A table that goes needs no change before; its definition becomes the one before the change, so that it comes back as it was.
fn before_deletion(
    previous: &Operation,
    model: &ModelName,
    definition: &ModelState,
    app: &AppLabel,
) -> Option<Vec<Operation>> {
    let subjects = subjects(previous)?;
    if !subjects.contains(&model) || subjects.len() > 1 || is_apart(previous, definition) {
        return None;
    }
    let (model, definition) = applied(model, definition, &previous.reverse()?, app)?;
    Some(vec![Operation::DeleteModel { model, definition }])
}

/// Changes that a definition cannot stand for: whether the table is ours decides whether it is made at all.
fn is_apart(operation: &Operation, definition: &ModelState) -> bool {
    matches!(operation, Operation::SetManaged { managed, .. } if *managed != definition.managed)
        || matches!(
            operation,
            Operation::SetManaged { .. } | Operation::CreateModel { .. } | Operation::DeleteModel { .. }
        )
}

/// The model after the operation, in a state that holds it and stand-ins for what it refers to.
fn applied(
    model: &ModelName,
    definition: &ModelState,
    operation: &Operation,
    app: &AppLabel,
) -> Option<(ModelName, ModelState)> {
    let own = ModelRef::new(app.clone(), model.clone());
    let mut state = ProjectState::default();
    if let Operation::AddConstraint { constraint, .. } = operation
        && let ConstraintKind::ForeignKey { to, .. } = &constraint.kind
    {
        state.models.insert(to.clone(), ModelState::new(""));
    }
    for name in definition.fields.iter().chain(operation.named_fields()).filter_map(FieldState::enum_name) {
        state.enums.insert(name.to_owned(), EnumState { app: app.clone(), values: Vec::new() });
    }
    state.models.insert(own.clone(), definition.clone());
    operation.apply(app, &mut state).ok()?;
    let name = match operation {
        Operation::RenameModel { to, .. } => to.clone(),
        _ => model.clone(),
    };
    let definition = state.models.remove(&ModelRef::new(app.clone(), name.clone()))?;
    Some((name, definition))
}
