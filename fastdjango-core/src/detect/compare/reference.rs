//! References whose values mean other rows from now on, though nobody touches them.

use super::model::Compared;
use crate::detect::findings::Findings;
use crate::diagnostic::{Diagnostic, code};
use crate::name::{FieldName, ModelRef};
use crate::state::{FieldKind, FieldState, ProjectState};

/// Warns where the field refers to another model, or to another field of the same one: its key moved, or `to_field` did.
pub(super) fn warn(model: &Compared<'_>, previous: &FieldState, next: &FieldState, findings: &mut Findings<'_>) {
    // The same reference means another column only where its target has another key.
    if previous.kind == next.kind && next.target().is_none_or(|target| !model.rekeyed.contains(target)) {
        return;
    }
    let targets = (target(model.states.previous, previous), target(model.states.next, next));
    let (Some(before), Some(after)) = targets else { return };
    if before == after || !model.next.managed {
        return;
    }
    let path = format!("{}.{}", model.name.model, next.name);
    let message = format!("`{path}` refers to {}, and referred to {}", named(after), named(before));
    let warning = Diagnostic::warning(code::REFERENCE_MOVED, message)
        .at_opt(findings.hints.field_location(model.name, &next.name));
    findings.warnings.push(if before.0 == after.0 {
        warning
            .note("the same value names another row there; the migration stops before it changes anything where a row refers")
            .help("where rows do, add a second field, copy the right values by a `run_sql`, then remove this one")
    } else {
        warning
            .note("its values stay as they are; the migration stops before it changes anything where one names no row there")
            .help("look at the values before you apply it: one that names a row there by chance is not found")
    });
}

/// The model and the field that a column's values, or the pairs of a table of our own, stand for.
fn target<'a>(state: &'a ProjectState, field: &'a FieldState) -> Option<(&'a ModelRef, &'a FieldName)> {
    match &field.kind {
        FieldKind::Column(_) => None,
        FieldKind::ForeignKey(reference) => Some((&reference.to, &state.referenced_field(reference)?.name)),
        FieldKind::ManyToMany(pairs) if pairs.through.is_some() => None,
        FieldKind::ManyToMany(pairs) => match state.models.get(&pairs.to)?.primary_key.as_slice() {
            [key] => Some((&pairs.to, key)),
            _ => None,
        },
    }
}

fn named((model, field): (&ModelRef, &FieldName)) -> String {
    format!("`{}.{field}`", model.model)
}
