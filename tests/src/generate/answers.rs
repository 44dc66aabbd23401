//! The detector run to its end: every question answered, every operation applied.

use fastdjango_core::detect::{Answer, Answers, Detected, Past, Question, QuestionKind, detect};
use fastdjango_core::diagnostic::Diagnostic;
use fastdjango_core::field::{ColumnType, Default as DefaultValue, Engine, Literal, Real, Sql};
use fastdjango_core::migration::Migration;
use fastdjango_core::name::{FieldName, ModelName, ModelRef};
use fastdjango_core::operation::Operation;
use fastdjango_core::pair::Pair;
use fastdjango_core::state::{FieldKind, FieldState, Hints, ProjectState};

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
    answer_by(states, past, Known::of(states), &mut |question| plain_answer(question, states.next))
}

impl Known {
    /// What the models say where nothing was handed on.
    #[must_use]
    pub fn of(states: Pair<&ProjectState>) -> Self {
        Self { hints: enums::said(states), answers: Answers::new() }
    }
}

/// No rename, all values kept, and where one lacks, one of the column's type.
#[must_use]
pub fn plain_answer(question: &Question, next: &ProjectState) -> Answer {
    match question.kind {
        QuestionKind::DeleteApp | QuestionKind::KeepValues => Answer::yes(),
        QuestionKind::RenameModel | QuestionKind::MoveModel | QuestionKind::RenameField => Answer::no(),
        QuestionKind::Fill => Answer::Value(fill(&question.id, next)),
        QuestionKind::Using => Answer::Unfilled { unfilled: true },
    }
}

/// Detects until no question is open; `answer` gives what is not known.
pub fn answer_by(
    states: Pair<&ProjectState>,
    past: &Past,
    mut known: Known,
    answer: &mut dyn FnMut(&Question) -> Answer,
) -> Detected {
    settle(states, past, &mut known, answer)
}

/// The same, with answers besides that nobody asked for: expressions where types change, and values for the way back.
pub fn answer_and_convert(
    states: Pair<&ProjectState>,
    mut known: Known,
    dice: &mut Dice,
    answer: &mut dyn FnMut(&Question) -> Answer,
) -> Detected {
    let past = Past::default();
    let detected = settle(states, &past, &mut known, answer);
    let more = conversions(states, &detected, dice);
    if more.is_empty() {
        return detected;
    }
    known.answers.extend(more);
    settle(states, &past, &mut known, answer)
}

fn settle(
    states: Pair<&ProjectState>,
    past: &Past,
    known: &mut Known,
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
                // Few rows hold values of a key of another type.
                let in_key = next.may_be_referred_to(&new.name);
                let columns = |old: &FieldState| !in_key && old.column_name().is_some() && new.column_name().is_some();
                let others = previous.fields.iter().filter(|old| old.name != new.name);
                // Few references find a row of another model.
                let refer = |old: &FieldState| old.reference().is_some() || new.reference().is_some();
                let rare = |old: &FieldState| if refer(old) { 32 } else { 8 };
                let alike = others.filter(|old| old.kind == new.kind || columns(old) && dice.once_in(rare(old)));
                let alike: Vec<&FieldState> = alike.collect();
                if let Some(old) = dice.pick(&alike).filter(|_| dice.once_in(2)) {
                    answers.insert(format!("rename_field:{model}.{}:{}", new.name, old.name), Answer::yes());
                }
            }
        }
    }
    Known { hints: enums::renames(states, dice), answers }
}

/// What somebody says of changes that were found: an expression for a column that gets another type, there and back, and a value
/// for a required column that comes back.
fn conversions(states: Pair<&ProjectState>, detected: &Detected, dice: &mut Dice) -> Answers {
    let mut answers = Answers::new();
    for migration in &detected.migrations {
        for operation in &migration.operations {
            let path = |model: &ModelName, field: &FieldState| format!("{}.{model}.{}", migration.app, field.name);
            match operation {
                Operation::AlterField { model, from, to, .. } if is_conversion(from, to) => {
                    let owner = ModelRef::new(migration.app.clone(), model.clone());
                    let sides = [states.previous, states.next].map(|state| state.models.get(&owner));
                    let is_unique = sides.iter().flatten().any(|m| m.may_be_referred_to(&to.name));
                    let told = if may_survive(from, to) { dice.once_in(4) } else { !dice.once_in(16) };
                    let column = to.column_name();
                    let there = expression(to, column.as_deref(), states.next, dice);
                    let back = expression(from, column.as_deref(), states.previous, dice);
                    // NULLs are as many as there are rows, and any other value is one.
                    let fits = |sql: &Sql| !is_unique || *sql == Sql::any("NULL");
                    if let Some((there, back)) =
                        there.zip(back).filter(|(there, back)| told && fits(there) && fits(back))
                    {
                        answers.insert(format!("using:{}", path(model, to)), Answer::Sql { sql: there });
                        answers.insert(format!("reverse_using:{}", path(model, to)), Answer::Sql { sql: back });
                    }
                }
                Operation::RemoveField { model, field, .. } if !field.null && !field.auto && !dice.once_in(8) => {
                    let ty = Some(&field.kind).and_then(own_type);
                    let value = ty.and_then(|ty| value(&ty, states.previous));
                    answers.extend(
                        value.map(|value| (format!("reverse_fill:{}", path(model, field)), Answer::Value(value))),
                    );
                }
                _ => {}
            }
        }
    }
    answers
}

fn own_type(kind: &FieldKind) -> Option<ColumnType> {
    match kind {
        FieldKind::Column(ty) => Some(ty.clone()),
        FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_) => None,
    }
}

/// True where a plain column is of another type.
pub(super) fn is_conversion(from: &FieldState, to: &FieldState) -> bool {
    let types = [from, to].map(|field| own_type(&field.kind));
    let computed = from.generated.is_some() || to.generated.is_some();
    types.iter().all(Option::is_some) && types[0] != types[1] && !computed && !from.auto && !to.auto
}

/// True where most values of the one type are some of the other.
fn may_survive(from: &FieldState, to: &FieldState) -> bool {
    use ColumnType::{BigInt, Boolean, Double, Enum, Integer, Json, Numeric, Real, SmallInt, Text, Varchar};
    match (own_type(&from.kind), own_type(&to.kind)) {
        (Some(from), Some(Text | Varchar(100..))) => !matches!(from, ColumnType::Binary | Json),
        (Some(Text | Varchar(_) | Enum(_)), Some(Varchar(20..))) => true,
        (Some(Boolean | SmallInt | Integer | BigInt), Some(to)) => {
            matches!(to, SmallInt | Integer | BigInt | Numeric(..) | Real | Double)
        }
        (Some(Numeric(..) | Real | Double), Some(to)) => matches!(to, Numeric(..) | Real | Double),
        _ => false,
    }
}

/// SQL that makes one value, or none, whatever the column holds that it may speak of; none where databases say it in ways of their own.
pub(super) fn expression(
    field: &FieldState,
    column: Option<&str>,
    state: &ProjectState,
    dice: &mut Dice,
) -> Option<Sql> {
    let ty = own_type(&field.kind)?;
    let is_null = field.null && dice.once_in(4);
    let speaks = dice.once_in(2);
    if is_null {
        return Some(Sql::any("NULL"));
    }
    let text = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let literal = match (value(&ty, state)?, &ty) {
        (Literal::Text(hex), ColumnType::Binary) => {
            let each =
                |engine| (engine, if engine == Engine::Postgres { format!("'\\x{hex}'") } else { format!("X'{hex}'") });
            let engines = [Engine::Sqlite, Engine::Postgres, Engine::Mysql, Engine::Mariadb];
            return Some(Sql::Each(engines.map(each).into()));
        }
        (Literal::Text(number), ColumnType::Numeric(..)) => number,
        (Literal::Text(words), _) => text(&words),
        (other, _) => other.to_string(),
    };
    // Of the texts of a `CASE` a server makes texts, whatever the column is of.
    let is_bare = matches!(ty, ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt | ColumnType::Text);
    let column = column.filter(|_| is_bare && speaks);
    Some(Sql::any(match column {
        Some(column) => format!("CASE WHEN \"{column}\" IS NULL THEN {literal} ELSE {literal} END"),
        None => literal,
    }))
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
    let ty = filled_field(id, state).and_then(|field| state.column_type(field));
    ty.and_then(|ty| value(&ty, state)).unwrap_or_else(|| Literal::Text("00".to_owned()))
}

/// A value of the type; none where nobody knows one, or the enum is not there.
fn value(ty: &ColumnType, state: &ProjectState) -> Option<Literal> {
    if let Some(DefaultValue::Value(value)) = model::default(ty) {
        return Some(value);
    }
    Some(Literal::Text(match ty {
        ColumnType::Enum(name) => state.enums.get(name)?.values.first()?.clone(),
        ColumnType::Real | ColumnType::Double => return Some(Literal::Real(Real(2.5))),
        ColumnType::Uuid => "123e4567-e89b-12d3-a456-426614174000".to_owned(),
        ColumnType::Time => "12:30:00".to_owned(),
        ColumnType::Timestamp | ColumnType::TimestampTz => "2020-01-02 03:04:05".to_owned(),
        ColumnType::Json => "{}".to_owned(),
        ColumnType::Binary => "3132".to_owned(),
        _ => return None,
    }))
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
