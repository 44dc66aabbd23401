//! Fields: added, removed, altered; and the values that rows which exist would lack.

use super::carry;
use super::fit::unfit;
use super::model::Compared;
use super::reference;
use super::types::{Cast, cast};
use super::using;
use crate::detect::change::{Change, ChangeKind, Using};
use crate::detect::findings::Findings;
use crate::detect::loss;
use crate::detect::{Answer, Choice, Question, QuestionKind};
use crate::diagnostic::{Diagnostic, code};
use crate::field::{ColumnType, Default as DefaultValue};
use crate::name::FieldName;
use crate::operation::describe_type;
use crate::state::{FieldHints, FieldKind, FieldState, Generated};

pub(super) fn compare(model: &Compared<'_>, findings: &mut Findings<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    let carried = carry::decide(model, findings);
    for (at, field) in model.previous.fields.iter().enumerate() {
        match model.next.field_near(at, &field.name) {
            Some(next) if carried.fields.contains(&field.name) => changes.push(carry(model, field, next, findings)),
            Some(next) if is_remade(field, next) => {
                warn_remade(model, field, next, findings);
                changes.push(remove(model, field, findings));
            }
            Some(_) if is_computed_anew(model, at, &field.name) => changes.push(remove(model, field, findings)),
            Some(next) => {
                reference::warn(model, field, next, findings);
                changes.extend(alter(model, (at, field), next, findings));
            }
            None => {
                if model.next.managed {
                    loss::of_field(model.name, field, None, findings);
                }
                changes.push(remove(model, field, findings));
            }
        }
    }
    let others = model.next.fields.iter().enumerate().filter(|(_, field)| !carried.fields.contains(&field.name));
    for (at, field) in others {
        if carried.open.contains(&field.name) {
            changes.push(Change::new(model.name, ChangeKind::AddField { field: field.name.clone(), fill: None }));
        } else if goes_or_is_new(model, at, &field.name) {
            changes.push(add(model, field, findings));
        }
    }
    // What it keeps is what it held before anything that it is computed from changes.
    changes.sort_by_key(|change| !keeps_computed(model, change));
    changes
}

/// True for a field that is computed no longer.
fn keeps_computed(model: &Compared<'_>, change: &Change) -> bool {
    let ChangeKind::AlterField { field, .. } = &change.kind else { return false };
    let computed = |field: Option<&FieldState>| field.is_some_and(|field| field.generated.is_some());
    computed(model.aligned.field(field)) && !computed(model.next.field(field))
}

/// True where the field has to go and come back: between a column and pairs, or between tables of pairs.
fn is_remade(previous: &FieldState, next: &FieldState) -> bool {
    match (&previous.kind, &next.kind) {
        (FieldKind::ManyToMany(before), FieldKind::ManyToMany(after)) => before != after,
        (FieldKind::ManyToMany(_), _) | (_, FieldKind::ManyToMany(_)) => true,
        (FieldKind::Column(_) | FieldKind::ForeignKey(_), FieldKind::Column(_) | FieldKind::ForeignKey(_)) => false,
    }
}

/// True where the previous state has no such field, or one that has to go first.
fn goes_or_is_new(model: &Compared<'_>, at: usize, name: &FieldName) -> bool {
    let remade = |before: &FieldState| model.next.field_near(at, name).is_none_or(|next| is_remade(before, next));
    model.previous.field_near(at, name).is_none_or(remade) || is_computed_anew(model, at, name)
}

/// True for a generated field that is computed from one that goes, if only through others, and is computed again afterwards.
/// One that is no longer computed keeps its values, and goes nowhere.
fn is_computed_anew(model: &Compared<'_>, at: usize, name: &FieldName) -> bool {
    if model.next.field_near(at, name).is_some_and(|next| next.generated.is_none()) {
        return false;
    }
    // Nothing is computed from itself; the number of fields bounds the walk where somebody says so all the same.
    model.aligned.field_near(at, name).is_some_and(|field| leans_on_what_goes(model, field, model.aligned.fields.len()))
}

fn leans_on_what_goes(model: &Compared<'_>, field: &FieldState, depth: usize) -> bool {
    let Some(Generated { expression, .. }) = &field.generated else { return false };
    let goes = |other: &FieldState| model.next.field(&other.name).is_none_or(|next| is_remade(other, next));
    let others = model.aligned.fields.iter().filter(|other| other.name != field.name);
    let mut used = others.filter(|other| other.column_name().is_some_and(|column| expression.mentions(&column)));
    used.any(|other| goes(other) || depth > 0 && leans_on_what_goes(model, other, depth - 1))
}

/// The fields that go, if only to come back: whatever leans on one has to go first.
pub(super) fn removed<'a>(model: &Compared<'a>) -> Vec<&'a FieldState> {
    let fields = model.aligned.fields.iter().enumerate();
    fields.filter(|(at, field)| goes_or_is_new(model, *at, &field.name)).map(|(_, field)| field).collect()
}

fn remove(model: &Compared<'_>, field: &FieldState, findings: &Findings<'_>) -> Change {
    let answer = findings.answer(format_args!("reverse_fill:{}.{}", model.name, field.name));
    let reverse_fill = answer.and_then(Answer::as_fill);
    Change::new(model.name, ChangeKind::RemoveField { field: field.name.clone(), reverse_fill })
}

fn add(model: &Compared<'_>, field: &FieldState, findings: &mut Findings<'_>) -> Change {
    let needs_value = !field.null
        && field.default.is_none()
        && !field.auto
        && field.generated.is_none()
        && !matches!(field.kind, FieldKind::ManyToMany(_));
    let fill = fill(model, field, needs_value.then_some(Lack::NewField), findings);
    Change::new(model.name, ChangeKind::AddField { field: field.name.clone(), fill })
}

/// The alteration that takes what a field holds along; of rows without a pair, a required one has no value.
fn carry(model: &Compared<'_>, field: &FieldState, next: &FieldState, findings: &mut Findings<'_>) -> Change {
    let fill = carry::needs_value(next).then(|| fill(model, next, Some(Lack::Pair), findings)).flatten();
    let reverse_fill = carry::reverse_fill(model, field, findings);
    Change::new(
        model.name,
        ChangeKind::AlterField { field: next.name.clone(), fill, reverse_fill, using: Using::default() },
    )
}

fn alter(
    model: &Compared<'_>,
    (at, field): (usize, &FieldState),
    next: &FieldState,
    findings: &mut Findings<'_>,
) -> Option<Change> {
    let aligned = model.aligned.field_near(at, &field.name)?;
    if field.has_column_of(next) && aligned.equivalent(next) && aligned_names_match(aligned, next) {
        return None;
    }
    let loses_null = field.null && !next.null && next.generated.is_none();
    let gains_null = !field.null && next.null;
    let fill = loses_null.then(|| fill(model, next, Some(Lack::Null), findings)).flatten();
    let using = using::decide(model, field, next, findings);
    if using.there.is_none() {
        warn_cast(model, field, next, findings);
    }
    warn_computed(model, field, next, findings);
    let reverse_fill = gains_null.then(|| reverse_fill(model, &next.name, findings)).flatten();
    let kind = ChangeKind::AlterField { field: next.name.clone(), fill, reverse_fill, using };
    Some(Change::new(model.name, kind))
}

/// What rows that hold NULL get on the way back, as far as a hint or an answer says it.
fn reverse_fill(model: &Compared<'_>, field: &FieldName, findings: &Findings<'_>) -> Option<DefaultValue> {
    let hint = findings.hints.field(model.name, field).and_then(|hints| hints.reverse_fill.clone());
    let answer = || findings.answer(format!("reverse_fill:{}.{field}", model.name)).and_then(Answer::as_fill);
    hint.or_else(answer)
}

/// A foreign key's name is the previous one by now, unless the models give another.
fn aligned_names_match(previous: &FieldState, next: &FieldState) -> bool {
    let [previous, next] = [previous, next].map(|field| field.reference().and_then(|r| r.constraint.as_ref()));
    previous == next
}

/// Why rows that exist lack a value.
#[derive(Clone, Copy)]
enum Lack {
    NewField,
    Null,
    Pair,
}

/// The value of rows that exist: the model's hint, or the answer to a question that is asked where they lack one.
fn fill(
    model: &Compared<'_>,
    field: &FieldState,
    lack: Option<Lack>,
    findings: &mut Findings<'_>,
) -> Option<DefaultValue> {
    let hint = findings.hints.field(model.name, &field.name).and_then(|FieldHints { fill, .. }| fill.clone());
    if hint.is_some() {
        return hint;
    }
    let lack = lack.filter(|_| model.next.managed && model.previous.managed)?;
    let id = format!("fill:{}.{}", model.name, field.name);
    if let Some(answer) = findings.answer(&id) {
        let value = answer.as_fill();
        if value.is_none() && matches!(lack, Lack::NewField) {
            let message = format!("the answer to `{id}` gives no value, and a new required field needs one");
            findings.errors.push(Diagnostic::error(code::BAD_ANSWER, message));
        }
        if let Some(error) = value.as_ref().and_then(|value| misfit(&id, model, field, value)) {
            findings.errors.push(error.at_opt(location(model, &field.name, findings)));
        }
        return value;
    }
    findings.questions.push(question(id, model, field, lack, findings));
    None
}

/// An answer that the column cannot hold: SQLite would keep it, and no program could read it back.
fn misfit(id: &str, model: &Compared<'_>, field: &FieldState, value: &DefaultValue) -> Option<Diagnostic> {
    let DefaultValue::Value(literal) = value else { return None };
    let ty = model.states.next.column_type(field)?;
    let advice = unfit(&ty, literal)?;
    Some(Diagnostic::error(code::BAD_ANSWER, format!("the answer to `{id}` is no {ty}: {literal}")).help(advice))
}

fn question(id: String, model: &Compared<'_>, field: &FieldState, lack: Lack, findings: &Findings<'_>) -> Question {
    let path = format!("{}.{}", model.name.model, field.name);
    let (message, note) = match lack {
        Lack::NewField => (
            format!("`{path}` is required, and rows that exist would have no value"),
            "the column is NOT NULL and has neither `default` nor `fill`",
        ),
        Lack::Null => (
            format!("`{path}` is required from now on, and rows that exist may hold NULL"),
            "a `default` is for new rows; it never replaces a NULL",
        ),
        Lack::Pair => (
            format!("`{path}` is required, and rows that have no pair would have no value"),
            "a `default` is for new rows",
        ),
    };
    let example = example(model, field);
    let mut helps = vec![
        format!("#[field(fill = {example})]   only for the rows that exist"),
        format!("pub {}: Option<…>   no value is a value", field.name),
    ];
    if matches!(lack, Lack::NewField) {
        helps.insert(0, format!("#[field(default = {example})]   for new rows too"));
    }
    Question {
        id,
        kind: QuestionKind::Fill,
        message,
        location: findings.hints.field_location(model.name, &field.name),
        notes: vec![note.to_owned()],
        helps,
        options: fill_options(field, lack),
    }
}

fn fill_options(field: &FieldState, lack: Lack) -> Vec<Choice> {
    let mut options = Vec::new();
    let what = match lack {
        Lack::NewField => None,
        Lack::Null => Some("holds NULL"),
        Lack::Pair => Some("has no pair"),
    };
    if let Some(what) = what {
        let effect = format!("the migration stops before it changes anything where a row {what}");
        options.push(Choice::new(Some(Answer::Unfilled { unfilled: true }), "no value", effect));
    }
    if let Some(default) = &field.default {
        let answer = match default {
            DefaultValue::Value(value) => Answer::Value(value.clone()),
            DefaultValue::Sql { sql } => Answer::Sql { sql: sql.clone() },
        };
        let rows = match lack {
            Lack::NewField | Lack::Null => "rows that hold NULL get it",
            Lack::Pair => "rows that have no pair get it",
        };
        options.push(Choice::new(Some(answer), format!("the default, {default}"), rows));
    }
    options.push(Choice::new(None, "a value for rows that exist", "each row without a value gets it, once"));
    options
}

/// A value that would fit, to write in a message.
fn example(model: &Compared<'_>, field: &FieldState) -> &'static str {
    use ColumnType as Ty;
    match model.states.next.column_type(field) {
        Some(Ty::Boolean) => "false",
        Some(Ty::SmallInt | Ty::Integer | Ty::BigInt) => "0",
        Some(Ty::Real | Ty::Double) => "0.0",
        Some(Ty::Numeric(..)) => "\"0\"",
        _ => "\"…\"",
    }
}

fn warn_remade(model: &Compared<'_>, field: &FieldState, next: &FieldState, findings: &mut Findings<'_>) {
    if model.next.managed && !(field.through().is_some() && next.through().is_some()) {
        let path = format!("{}.{}", model.name.model, field.name);
        let message = format!("`{path}` is removed and made anew, and what it holds goes");
        let note = "what it holds comes along only where it means the same rows, and somebody says so";
        let warning = Diagnostic::warning(code::RELATION_REMADE, message).note(note);
        let location = findings.hints.field_location(model.name, &next.name);
        findings.warnings.push(warning.at_opt(location).help("to keep it, add the new field under another name, copy in a migration of your own, then remove the old one"));
    }
}

fn warn_cast(model: &Compared<'_>, field: &FieldState, next: &FieldState, findings: &mut Findings<'_>) {
    let before = model.states.previous.column_type(field);
    let after = model.states.next.column_type(next);
    let (Some(before), Some(after)) = (before, after) else { return };
    if field.db_type.is_some() && field.db_type == next.db_type || holds_all_texts(model, &before, &after) {
        return;
    }
    let path = format!("{}.{}", model.name.model, next.name);
    let change = format!("{} → {}", describe_type(&before), describe_type(&after));
    let (code, message) = match cast(&before, &after) {
        Cast::Widens => return,
        Cast::Narrows => (code::COLUMN_NARROWED, format!("`{path}` becomes narrower: {change}")),
        Cast::Converts => (code::VALUES_CONVERTED, format!("the values of `{path}` are converted: {change}")),
    };
    let is_known = ![&before, &after].into_iter().any(|ty| matches!(ty, ColumnType::Opaque { .. }));
    if model.next.managed {
        let warning = Diagnostic::warning(code, message).at_opt(location(model, &next.name, findings));
        let mut warning = if is_known {
            warning.help("the migration stops before it changes anything where a value would not fit")
        } else {
            warning.help("whether every value fits is for the tool to say that knows the type")
        };
        if findings.hints.field(model.name, &next.name).is_some_and(|hints| hints.using.is_some()) {
            // It may be of an earlier change, whose values were others.
            let advice = "is not used here, where values have a way of their own; where it is meant, say";
            warning = warning.help(format!("`using` {advice} `--answer using:{}.{}=…`", model.name, next.name));
        }
        findings.warnings.push(warning);
    }
}

/// True where both are enums, and no text of the first is missing in the second.
fn holds_all_texts(model: &Compared<'_>, before: &ColumnType, after: &ColumnType) -> bool {
    let (ColumnType::Enum(before), ColumnType::Enum(after)) = (before, after) else { return false };
    let enums = model.states.map(|state| &state.enums);
    let texts = enums.previous.get(before).zip(enums.next.get(after));
    texts.is_some_and(|(before, after)| before.values.iter().all(|text| after.values.contains(text)))
}

/// Warns where values that somebody wrote give way to computed ones.
fn warn_computed(model: &Compared<'_>, field: &FieldState, next: &FieldState, findings: &mut Findings<'_>) {
    if model.next.managed && field.generated.is_none() && next.generated.is_some() {
        let path = format!("{}.{}", model.name.model, next.name);
        let message = format!("`{path}` is computed from now on, and the values that it holds go");
        let warning = Diagnostic::warning(code::VALUES_COMPUTED, message).at_opt(location(model, &next.name, findings));
        findings.warnings.push(warning.help("to keep them, give the computed field another name"));
    }
}

fn location(model: &Compared<'_>, field: &FieldName, findings: &Findings<'_>) -> Option<crate::diagnostic::Location> {
    findings.hints.field_location(model.name, field)
}
