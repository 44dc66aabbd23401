//! Types that have no value in common: how the values of a field become those of the new type, somebody has to say.

use super::model::Compared;
use crate::detect::change::Using;
use crate::detect::findings::Findings;
use crate::detect::{Answer, Choice, Question, QuestionKind};
use crate::diagnostic::{Diagnostic, code};
use crate::field::{Literal, Sql};
use crate::state::{FieldHints, FieldKind, FieldState, ModelState, ProjectState};

/// The expressions that make the values of the new type, and those of the old one again; asked for where no database knows any.
pub(super) fn decide(
    model: &Compared<'_>,
    field: &FieldState,
    next: &FieldState,
    findings: &mut Findings<'_>,
) -> Using {
    if !can_convert(model, field, next) {
        return Using::default();
    }
    let path = format!("{}.{}", model.name, next.name);
    let (there, back) = (format!("using:{path}"), format!("reverse_using:{path}"));
    let is_asked = field.is_apart_from(next);
    // A hint of an earlier change is still in the models: it speaks of values that are no longer there.
    let hints = findings.hints.field(model.name, &next.name).filter(|_| is_asked);
    let hinted = |hint: fn(&FieldHints) -> &Option<Sql>| hints.and_then(|hints| hint(hints).clone());
    let (hint, reverse_hint) = (hinted(|hints| &hints.using), hinted(|hints| &hints.reverse_using));
    if is_asked && hint.is_none() && findings.answer(&there).is_none() {
        findings.questions.push(question(&there, model, field, next, findings));
    }
    let there = hint.or_else(|| expression(&there, findings));
    let back = reverse_hint.or_else(|| expression(&back, findings)).filter(|_| there.is_some());
    Using { there, back }
}

/// True for a column of ours that stays one, and that nothing refers to.
fn can_convert(model: &Compared<'_>, field: &FieldState, next: &FieldState) -> bool {
    let columns = |field: &FieldState| matches!(field.kind, FieldKind::Column(_)) && field.generated.is_none();
    let in_key =
        |field: &FieldState| [model.previous, model.next].iter().any(|side| side.primary_key.contains(&field.name));
    // Only what is unique can be: of anything else nobody has to be asked.
    let is_referred_to = |state: &ProjectState, side: &ModelState| {
        side.may_be_referred_to(&next.name) && state.referrer_of_field(model.name, &next.name).is_some()
    };
    model.previous.managed
        && model.next.managed
        && columns(field)
        && columns(next)
        && (field.kind != next.kind || field.db_type != next.db_type)
        && !in_key(field)
        && !is_referred_to(model.states.previous, model.previous)
        && !is_referred_to(model.states.next, model.next)
}

/// The answer as an expression: a text is one, and a number is one by itself.
fn expression(id: &str, findings: &mut Findings<'_>) -> Option<Sql> {
    match findings.answer(id)? {
        Answer::Sql { sql } => Some(sql.clone()),
        Answer::Value(Literal::Text(text)) if !text.trim().is_empty() => Some(Sql::any(text)),
        Answer::Value(Literal::Integer(number)) => Some(Sql::any(number.to_string())),
        Answer::Unfilled { .. } => None,
        Answer::Value(_) => {
            let message = format!("the answer to `{id}` is no expression");
            let error = Diagnostic::error(code::BAD_ANSWER, message);
            findings.errors.push(error.help(format!("`\"{id}\" = {{ sql = \"…\" }}`")));
            None
        }
    }
}

fn question(
    id: &str,
    model: &Compared<'_>,
    field: &FieldState,
    next: &FieldState,
    findings: &Findings<'_>,
) -> Question {
    let path = format!("{}.{}", model.name.model, next.name);
    let types = [model.states.previous.column_type(field), model.states.next.column_type(next)];
    let [before, after] = types.map(|ty| ty.map(|ty| ty.to_string()).unwrap_or_default());
    let column = next.column_name().unwrap_or_default();
    let mut options = vec![Choice::new(
        Some(Answer::Unfilled { unfilled: true }),
        "no expression",
        "a database that knows a way converts what it can, and one that knows none refuses the migration",
    )];
    if next.null {
        let answer = Answer::Sql { sql: Sql::any("NULL") };
        options.push(Choice::new(Some(answer), "no value", "every row that has one loses it"));
    }
    options.push(Choice::new(None, "an expression of SQL", "each row gets what it makes of the old value"));
    Question {
        id: id.to_owned(),
        kind: QuestionKind::Using,
        message: format!("`{path}` becomes {after}, and no {before} is one: how are its values converted?"),
        location: findings.hints.field_location(model.name, &next.name),
        notes: vec![format!("the expression speaks of `{column}`, and stands in the migration as `using`")],
        helps: vec![
            format!("#[field(using = \"… {column} …\")]   what makes the new values"),
            format!("#[field(reverse_using = \"… {column} …\")]   beside it, for a way back"),
        ],
        options,
    }
}
