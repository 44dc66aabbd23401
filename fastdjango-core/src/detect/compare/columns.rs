//! Columns under a new name: fragments follow, so that a check that only follows its column is no change.

use crate::operation::Operation;
use crate::state::{FieldState, ProjectState};

/// The previous state with every column that both states have under the name that the next one gives it.
pub(in crate::detect) fn align(previous: &ProjectState, next: &ProjectState) -> ProjectState {
    let mut aligned = previous.clone();
    for (name, model) in &previous.models {
        let Some(there) = next.models.get(name) else { continue };
        for field in &model.fields {
            let Some(wanted) = there.field(&field.name) else { continue };
            let (before, after) = (field.column_name(), wanted.column_name());
            if before.is_none() || after.is_none() || before == after {
                continue;
            }
            let Some(from) = aligned.models.get(name).and_then(|m| m.field(&field.name)).cloned() else { continue };
            let to = FieldState { column: after, ..from.clone() };
            let operation =
                Operation::AlterField { model: name.model.clone(), from, to, fill: None, reverse_fill: None };
            // What the field is called here is what `apply` looks for, so this cannot fail; if it did, the field would only be compared as it was.
            let _ = operation.apply(&name.app, &mut aligned);
        }
    }
    aligned
}
