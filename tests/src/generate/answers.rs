//! The detector run to its end: every question answered, every operation applied.

use fastdjango_core::detect::{Answer, Answers, Detected, Past, QuestionKind, detect};
use fastdjango_core::diagnostic::Diagnostic;
use fastdjango_core::field::{Default as DefaultValue, Literal};
use fastdjango_core::migration::Migration;
use fastdjango_core::name::{FieldName, ModelRef};
use fastdjango_core::pair::Pair;
use fastdjango_core::state::{Hints, ProjectState};

use super::model;

/// Detects until no question is open: renames are denied, fills are a value of the column's type.
#[must_use]
pub fn answer_all(states: Pair<&ProjectState>) -> Detected {
    answer_after(states, &Past::default())
}

/// The same after migrations that are there.
#[must_use]
pub fn answer_after(states: Pair<&ProjectState>, past: &Past) -> Detected {
    let mut answers = Answers::new();
    loop {
        let detected = detect(states, &Hints::default(), past, &answers);
        if detected.questions.is_empty() {
            return detected;
        }
        for question in detected.questions {
            let answer = match question.kind {
                QuestionKind::RenameModel | QuestionKind::RenameField => Answer::no(),
                QuestionKind::Fill => Answer::Value(fill(&question.id, states.next)),
            };
            answers.insert(question.id, answer);
        }
    }
}

fn fill(id: &str, state: &ProjectState) -> Literal {
    let path = id.strip_prefix("fill:").unwrap_or(id);
    let field = path.rsplit_once('.').and_then(|(model, field)| {
        let model: ModelRef = model.parse().ok()?;
        state.models.get(&model)?.field(&FieldName::new(field))
    });
    match field.and_then(|field| state.column_type(field)).and_then(|ty| model::default(&ty)) {
        Some(DefaultValue::Value(value)) => value,
        Some(DefaultValue::Sql { .. }) | None => Literal::Text("00".to_owned()),
    }
}

/// The state that `migrations` make of `state`.
///
/// # Errors
/// The first operation that does not fit, with what it was.
pub fn apply_all(migrations: &[Migration], state: &ProjectState) -> Result<ProjectState, Diagnostic> {
    let mut state = state.clone();
    for migration in migrations {
        for operation in &migration.operations {
            operation.apply(&migration.app, &mut state).map_err(|why| why.note(format!("{operation:?}")))?;
        }
    }
    Ok(state)
}

/// The state as migrations leave it: the first migrations of models, with every name chosen.
///
/// # Errors
/// The first operation that does not fit.
pub fn initial(models: &ProjectState) -> Result<ProjectState, Diagnostic> {
    let nothing = ProjectState::default();
    apply_all(&answer_all(Pair::new(&nothing, models)).migrations, &nothing)
}
