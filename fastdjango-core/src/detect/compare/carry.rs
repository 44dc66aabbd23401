//! A field whose values would have another place, between a column and pairs: whether they come along, somebody has to say.

use std::collections::BTreeSet;

use super::model::Compared;
use crate::detect::findings::Findings;
use crate::detect::{Answer, Choice, Question, QuestionKind};
use crate::field::Default as DefaultValue;
use crate::name::{FieldName, ModelRef};
use crate::pair::Pair;
use crate::schema::{Identity, lower};
use crate::state::{FieldState, Pairs, ProjectState, Reference};

/// What becomes of fields that would have to go and come back.
#[derive(Default)]
pub(super) struct Carried {
    /// Those whose values come along.
    pub(super) fields: BTreeSet<FieldName>,
    /// Those of which it is open: nothing else is asked about them.
    pub(super) open: BTreeSet<FieldName>,
}

/// Asks about every field whose values can come along.
pub(super) fn decide(model: &Compared<'_>, findings: &mut Findings<'_>) -> Carried {
    let mut carried = Carried::default();
    for (at, field) in model.previous.fields.iter().enumerate() {
        let next = model.next.field_near(at, &field.name);
        let Some(next) = next.filter(|next| can_carry(model, field, next)) else { continue };
        let id = format!("keep_values:{}.{}", model.name, field.name);
        let hint = findings.hints.field(model.name, &next.name).and_then(|hints| hints.keep_values);
        match hint.or_else(|| findings.decision(|| id.clone())) {
            Some(true) => {
                carried.fields.insert(field.name.clone());
            }
            Some(false) => {}
            None => {
                carried.open.insert(field.name.clone());
                findings.questions.push(question(id, model, field, next, findings));
            }
        }
    }
    carried
}

/// True where both definitions mean the same rows, by keys that stay what they are.
fn can_carry(model: &Compared<'_>, field: &FieldState, next: &FieldState) -> bool {
    let managed = model.previous.managed && model.next.managed;
    let in_key = [model.previous, model.next].iter().any(|side| side.primary_key.contains(&field.name));
    let target = field.target();
    managed
        && !in_key
        && field.carries_to(next)
        && field.generated.is_none()
        && next.generated.is_none()
        && keeps_key(model, model.name)
        && target.is_some_and(|target| keeps_key(model, target))
        && [field, next].into_iter().filter_map(FieldState::reference).all(|reference| finds_key(model, reference))
        && [field, next].into_iter().filter_map(FieldState::through).all(|pairs| can_hold(model, field, pairs))
}

/// True where every row that is referred to has a value in the field of the reference, the same before and after; within one table,
/// not every database can look it up.
fn finds_key(model: &Compared<'_>, reference: &Reference) -> bool {
    let Some(by) = &reference.to_field else { return true };
    let Pair { previous, next } = model.states.map(|state| state.models.get(&reference.to)?.field(by));
    reference.to != *model.name
        && previous.zip(next).is_some_and(|(previous, next)| !next.null && previous.same_to_the_database(next))
}

/// True where the model of the pairs can take them: it is new or about to go, has a key to each side, and of everything else
/// it needs no value.
fn can_hold(model: &Compared<'_>, field: &FieldState, pairs: &Pairs) -> bool {
    let Some(through) = &pairs.through else { return false };
    let Pair { previous, next } = model.states;
    let comes = field.through().is_none();
    let state = if comes { next } else { previous };
    let (Some(definition), Some(sides)) = (state.models.get(through), state.sides(model.name, pairs)) else {
        return false;
    };
    let needs_value = |field: &&FieldState| {
        let given = field.null || field.auto || field.default.is_some() || field.generated.is_some();
        !given && !field.is_pairs() && !sides.contains(field)
    };
    let other = if comes { previous } else { next };
    let is_alone = !other.models.contains_key(through);
    // Both tables are there at once.
    let table_is_free = own_table(other, model, field).is_none_or(|table| table != definition.table);
    let needs_nothing = !comes || !definition.fields.iter().any(|field| needs_value(&field));
    definition.managed && is_alone && table_is_free && needs_nothing
}

/// The table of the pairs that is ours.
fn own_table(state: &ProjectState, model: &Compared<'_>, field: &FieldState) -> Option<String> {
    let lowered = lower(state, &BTreeSet::from([model.name.clone()])).ok()?;
    let identity = Identity::Join(model.name.clone(), field.name.clone());
    lowered.into_iter().find(|lowered| lowered.identity == identity).map(|lowered| lowered.table.name)
}

/// True where a reference to the model means the same column before and after.
fn keeps_key(model: &Compared<'_>, target: &ModelRef) -> bool {
    let key = |state: &ProjectState| state.models.get(target).map(|model| model.primary_key.clone());
    let (before, after) = (key(model.states.previous), key(model.states.next));
    before == after && before.is_some_and(|key| key.len() == 1)
}

fn question(
    id: String,
    model: &Compared<'_>,
    field: &FieldState,
    next: &FieldState,
    findings: &Findings<'_>,
) -> Question {
    let path = format!("{}.{}", model.name.model, field.name);
    let (message, note, kept, gone) = if field.is_pairs() && next.is_pairs() {
        through(&path, next.through().is_some())
    } else if next.is_pairs() {
        (
            format!("`{path}` becomes a many-to-many: is every value that it holds to become a pair?"),
            "its column goes, and a table of pairs comes",
            "each row that has a value gets one pair, which is looked up before the column goes",
            "the column goes with its values, and no row has a pair",
        )
    } else {
        (
            format!("`{path}` becomes a foreign key: is the pair of each row to become its value?"),
            "its table of pairs goes, and a column comes that has room for one value a row",
            "the migration stops before it changes anything where a row has more than one pair",
            "the table of pairs goes with its rows, and no row has a value of its own",
        )
    };
    Question {
        id,
        kind: QuestionKind::KeepValues,
        message,
        location: findings.hints.field_location(model.name, &next.name),
        notes: vec![note.to_owned()],
        helps: vec![
            "#[field(keep_values)]   where they come along".to_owned(),
            "#[field(keep_values = false)]   where they go".to_owned(),
        ],
        options: vec![
            Choice::new(Some(Answer::yes()), "keep them", kept),
            Choice::new(Some(Answer::no()), "let them go", gone),
        ],
    }
}

/// Pairs that become the rows of a model, or that no longer are.
fn through(path: &str, comes: bool) -> (String, &'static str, &'static str, &'static str) {
    if comes {
        (
            format!("`{path}` has a model for its pairs from now on: is every pair to become a row of it?"),
            "its table of pairs goes; the model's other fields get their defaults",
            "each pair becomes a row, which is looked up before the old table goes",
            "the table of pairs goes with its rows, and the model has none",
        )
    } else {
        (
            format!("`{path}` has no model for its pairs any more: is every row of it to become a pair?"),
            "a table of pairs comes, which has no place for what else the model says",
            "the migration stops before it changes anything where a pair is there more than once",
            "the table of pairs begins empty",
        )
    }
}

/// Where rows need a value, and one without a pair has none: the default is none of theirs.
pub(super) fn needs_value(next: &FieldState) -> bool {
    !next.null && !next.is_pairs()
}

/// What rows without a pair get on the way back, as far as the models say it.
pub(super) fn reverse_fill(model: &Compared<'_>, field: &FieldState, findings: &Findings<'_>) -> Option<DefaultValue> {
    let answer = findings.answer(format_args!("reverse_fill:{}.{}", model.name, field.name));
    answer.and_then(Answer::as_fill).filter(|_| needs_value(field))
}
