//! What goes with what is removed, said wherever a removal is found.

use super::findings::Findings;
use crate::diagnostic::{Diagnostic, code};
use crate::name::{FieldName, ModelName, ModelRef};
use crate::state::{FieldState, ModelState};

/// Warns of the values that go with a field of a table that stays; `taken` names the field that has its name from now on.
pub(super) fn of_field(model: &ModelRef, field: &FieldState, taken: Option<&FieldName>, findings: &mut Findings<'_>) {
    // What is computed can be computed again.
    if field.through().is_some() || field.generated.is_some() {
        return;
    }
    let what = if field.is_pairs() { "pairs" } else { "values" };
    let message = format!("`{}.{}` is removed, and its {what} go with it", model.model, field.name);
    let warning = Diagnostic::warning(code::FIELD_REMOVED, message);
    let mut warning = warning.at_opt(findings.hints.model_location(model));
    if let Some(taken) = taken {
        warning = warning.note(format!("`{}` is what was `{taken}` from now on: an answer says so", field.name));
    }
    findings.warnings.push(warning.help("if it has a new name, say `#[field(renamed_from = \"…\")]` there"));
}

/// Warns of the rows that go with a table of ours; `taken` names the model that has its name from now on.
pub(super) fn of_model(name: &ModelRef, previous: &ModelState, taken: Option<&ModelName>, findings: &mut Findings<'_>) {
    if previous.managed {
        let message = format!("`{}` is deleted, and its rows go with the table `{}`", name.model, previous.table);
        let note = match taken {
            Some(taken) => format!("`{}` is what was `{taken}` from now on: an answer says so", name.model),
            None => format!("`{name}` is not among the models any more"),
        };
        findings.warnings.push(
            Diagnostic::warning(code::MODEL_DELETED, message)
                .note(note)
                .help("if it has a new name, say `#[model(renamed_from = \"…\")]` there"),
        );
    }
}
