//! Names and columns that change hands: there is always an order, and no field that stays is made anew.

use std::collections::BTreeMap;

use fastdjango_core::detect::{Answer, Detected, Past, Question, QuestionKind};
use fastdjango_core::name::{FieldName, ModelName, ModelRef};
use fastdjango_core::operation::Operation;
use fastdjango_core::pair::Pair;
use fastdjango_core::schema::lower_all;
use fastdjango_core::state::{FieldKind, FieldState, ProjectState};
use fastdjango_tests::generate::{Dice, answer_by, apply_all, crowded, fill, initial, pair, renames};
use proptest::prelude::*;

use crate::{cases, check, lines, same};

pub(super) type Path = (ModelRef, FieldName);

/// What is found when random renames are confirmed, asked for or not.
fn detected(states: Pair<&ProjectState>, rolls: &[u16]) -> Result<Detected, TestCaseError> {
    let mut dice = Dice::new(rolls.to_vec());
    let known = renames(states, &mut dice);
    let detected = answer_by(states, &Past::default(), known, &mut |question: &Question| match question.kind {
        QuestionKind::RenameModel | QuestionKind::MoveModel | QuestionKind::RenameField | QuestionKind::KeepValues
            if dice.once_in(2) =>
        {
            Answer::yes()
        }
        QuestionKind::RenameModel | QuestionKind::MoveModel | QuestionKind::RenameField | QuestionKind::KeepValues => {
            Answer::no()
        }
        QuestionKind::DeleteApp => Answer::yes(),
        QuestionKind::Fill => Answer::Value(fill(&question.id, states.next)),
        QuestionKind::Using => Answer::Unfilled { unfilled: true },
    });
    let told = || format!("{}\n{}", detected.errors, lines(&detected));
    prop_assert!(detected.errors.iter().all(|error| error.code != "E305"), "{}", told());
    // Answers that contradict each other are refused with other codes.
    if detected.errors.is_empty() { Ok(detected) } else { Err(TestCaseError::reject("contradicting answers")) }
}

/// Where each field of the state after the operations was before; those that came on the way are left out.
pub(super) fn origins(detected: &Detected, before: &ProjectState) -> BTreeMap<Path, Path> {
    let mut origins: BTreeMap<Path, Path> = BTreeMap::new();
    for (model, definition) in &before.models {
        let fields = definition.fields.iter().map(|field| (model.clone(), field.name.clone()));
        origins.extend(fields.map(|path| (path.clone(), path)));
    }
    for migration in &detected.migrations {
        let of = |model: &ModelName| ModelRef::new(migration.app.clone(), model.clone());
        for operation in &migration.operations {
            match operation {
                Operation::DeleteModel { model, .. } => origins.retain(|path, _| path.0 != of(model)),
                Operation::RenameModel { from, to } => {
                    let renamed = |path: Path| if path.0 == of(from) { (of(to), path.1) } else { path };
                    origins = origins.into_iter().map(|(path, origin)| (renamed(path), origin)).collect();
                }
                Operation::MoveModel { from, to } => {
                    let moved = |path: Path| if path.0 == *from { (to.clone(), path.1) } else { path };
                    origins = origins.into_iter().map(|(path, origin)| (moved(path), origin)).collect();
                }
                Operation::RemoveField { model, field, .. } => {
                    origins.remove(&(of(model), field.name.clone()));
                }
                Operation::RenameField { model, from, to } => {
                    if let Some(origin) = origins.remove(&(of(model), from.clone())) {
                        origins.insert((of(model), to.clone()), origin);
                    }
                }
                _ => {}
            }
        }
    }
    origins
}

/// True where the model has another name afterwards, or an answer gave its name to another one: one of its old name is then
/// another model.
fn is_renamed(model: &ModelRef, detected: &Detected) -> bool {
    let mut operations = detected.migrations.iter().flat_map(|m| m.operations.iter().map(move |o| (&m.app, o)));
    operations.any(|(app, operation)| match operation {
        Operation::RenameModel { from, to } => model.app == *app && [from, to].contains(&&model.model),
        Operation::MoveModel { from, to } => model == from || model == to,
        _ => false,
    })
}

/// True for a column whose values nobody can compute again.
pub(super) fn holds_values(field: &FieldState) -> bool {
    field.generated.is_none() && !matches!(field.kind, FieldKind::ManyToMany(_))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2 * cases().cases, max_global_rejects: 1_000_000, ..cases() })]

    #[test]
    fn renames_lead_there_and_back(states in prop_oneof![pair(), crowded()], rolls in any::<[u16; 64]>()) {
        let previous = check(initial(&states.previous))?;
        let detected = detected(Pair::new(&previous, &states.next), &rolls)?;
        let reached = check(apply_all(&detected.migrations, &previous))?;
        same(&reached, &states.next, &detected)?;
        // A migration stands for itself: others may be left out behind it.
        if lower_all(&previous).is_ok() && lower_all(&states.next).is_ok() {
            for count in 1..detected.migrations.len() {
                let between = check(apply_all(&detected.migrations[..count], &previous))?;
                let lowered = lower_all(&between).map_err(|why| TestCaseError::fail(format!("{count}: {why}\n{}", lines(&detected))));
                lowered?;
            }
        }
        let mut state = reached;
        for migration in detected.migrations.iter().rev() {
            for operation in migration.operations.iter().rev() {
                let back = operation.reverse().ok_or_else(|| TestCaseError::fail("no way back"))?;
                let applied = back.apply(&migration.app, &mut state);
                check(applied.map_err(|why| why.note(back.describe().to_string()).note(lines(&detected))))?;
            }
        }
        same(&state, &previous, &detected)?;
    }

    #[test]
    fn a_field_that_stays_is_never_made_anew(states in prop_oneof![pair(), crowded()], rolls in any::<[u16; 64]>()) {
        let previous = check(initial(&states.previous))?;
        let detected = detected(Pair::new(&previous, &states.next), &rolls)?;
        let origins = origins(&detected, &previous);
        for (model, next) in &states.next.models {
            let Some(before) = previous.models.get(model).filter(|_| !is_renamed(model, &detected)) else { continue };
            for field in next.fields.iter().filter(|field| holds_values(field)) {
                let path = (model.clone(), field.name.clone());
                let stayed = before.field(&field.name).is_some_and(holds_values);
                let used = |path: &Path| origins.values().any(|origin| origin == path);
                prop_assert!(!stayed || origins.contains_key(&path) || used(&path), "{path:?}\n{}", lines(&detected));
            }
        }
    }
}
