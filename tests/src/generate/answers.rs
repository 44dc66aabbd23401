//! The detector run to its end: every question answered, every operation applied.

use fastdjango_core::detect::{Answer, Answers, Detected, Past, Question, QuestionKind, detect};
use fastdjango_core::diagnostic::Diagnostic;
use fastdjango_core::field::{ColumnType, Default as DefaultValue, Literal, Real};
use fastdjango_core::migration::Migration;
use fastdjango_core::name::{FieldName, ModelRef};
use fastdjango_core::pair::Pair;
use fastdjango_core::state::{FieldState, Hints, ProjectState};

use super::{Dice, enums, model};

/// What is known before anything is asked.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// What the models say.
    pub hints: Hints,
    /// Answers that are there.
    pub answers: Answers,
}

/// Detects until no question is open: renames are denied, fills are a value of the column's type.
#[must_use]
pub fn answer_all(states: Pair<&ProjectState>) -> Detected {
    answer_after(states, &Past::default())
}

/// The same after migrations that are there.
#[must_use]
pub fn answer_after(states: Pair<&ProjectState>, past: &Past) -> Detected {
    let known = Known { hints: enums::said(states), answers: Answers::new() };
    answer_by(states, past, known, &mut |question| match question.kind {
        QuestionKind::DeleteApp | QuestionKind::KeepValues => Answer::yes(),
        QuestionKind::RenameModel | QuestionKind::MoveModel | QuestionKind::RenameField => Answer::no(),
        QuestionKind::Fill => Answer::Value(fill(&question.id, states.next)),
        QuestionKind::Using => Answer::Unfilled { unfilled: true },
    })
}

/// Detects until no question is open; `answer` gives what is not known.
pub fn answer_by(
    states: Pair<&ProjectState>,
    past: &Past,
    mut known: Known,
    answer: &mut dyn FnMut(&Question) -> Answer,
) -> Detected {
    loop {
        let detected = detect(states, &known.hints, past, &known.answers);
        if detected.questions.is_empty() {
            return detected;
        }
        for question in detected.questions {
            let answer = answer(&question);
            known.answers.insert(question.id, answer);
        }
    }
}

/// What nobody asked for: renames of models, fields and texts of enums, also those that swap or hand on their names.
#[must_use]
pub fn renames(states: Pair<&ProjectState>, dice: &mut Dice) -> Known {
    let mut answers = Answers::new();
    for (model, next) in &states.next.models {
        for (other, previous) in states.previous.app(&model.app) {
            let renamed = other != model && dice.once_in(8);
            if renamed {
                answers.insert(format!("rename_model:{model}:{}", other.model), Answer::yes());
            }
            if !renamed && other != model {
                continue;
            }
            for new in &next.fields {
                let columns = |old: &FieldState| old.column_name().is_some() && new.column_name().is_some();
                let others = previous.fields.iter().filter(|old| old.name != new.name);
                let alike = others.filter(|old| old.kind == new.kind || columns(old) && dice.once_in(8));
                let alike: Vec<&FieldState> = alike.collect();
                if let Some(old) = dice.pick(&alike).filter(|_| dice.once_in(2)) {
                    answers.insert(format!("rename_field:{model}.{}:{}", new.name, old.name), Answer::yes());
                }
            }
        }
    }
    Known { hints: enums::renames(states, dice), answers }
}

/// The field that a question about a value asks for.
#[must_use]
pub fn filled_field<'a>(id: &str, state: &'a ProjectState) -> Option<&'a FieldState> {
    let (model, field) = id.strip_prefix("fill:")?.rsplit_once('.')?;
    let model: ModelRef = model.parse().ok()?;
    state.models.get(&model)?.field(&FieldName::new(field))
}

/// A value that fits the column which a question asks about.
#[must_use]
pub fn fill(id: &str, state: &ProjectState) -> Literal {
    let field = filled_field(id, state);
    let ty = field.and_then(|field| state.column_type(field));
    match ty.as_ref().and_then(model::default) {
        Some(DefaultValue::Value(value)) => value,
        Some(DefaultValue::Sql { .. }) | None => Literal::Text(match ty {
            Some(ColumnType::Enum(name)) => state.enums[&name].values[0].clone(),
            Some(ColumnType::Real | ColumnType::Double) => return Literal::Real(Real(2.5)),
            Some(ColumnType::Uuid) => "123e4567-e89b-12d3-a456-426614174000".to_owned(),
            Some(ColumnType::Time) => "12:30:00".to_owned(),
            Some(ColumnType::Timestamp | ColumnType::TimestampTz) => "2020-01-02 03:04:05".to_owned(),
            Some(ColumnType::Json) => "{}".to_owned(),
            Some(ColumnType::Binary) => "3132".to_owned(),
            _ => "00".to_owned(),
        }),
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
