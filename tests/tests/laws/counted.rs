//! Large states and edits that are counted: the detector finds no more than was done, and everything where it was.

use fastdjango_core::detect::{Answer, Detected, Past, Question, QuestionKind};
use fastdjango_core::pair::Pair;
use fastdjango_core::state::ProjectState;
use fastdjango_tests::generate::{Counted, Dice, answer_by, apply_all, counted, fill, initial};
use proptest::prelude::*;

use crate::laws::renames::{holds_values, origins};
use crate::{cases, check, lines, same};

/// What is found when every rename is told, and every other one is denied.
fn detected(counted: &Counted, previous: &ProjectState, rolls: &[u16]) -> Detected {
    let next = &counted.states.next;
    let mut dice = Dice::new(rolls.to_vec());
    let known = counted.known(&mut dice);
    answer_by(Pair::new(previous, next), &Past::default(), known, &mut |question: &Question| match question.kind {
        QuestionKind::KeepValues if dice.once_in(2) => Answer::yes(),
        QuestionKind::RenameModel | QuestionKind::MoveModel | QuestionKind::RenameField | QuestionKind::KeepValues => {
            Answer::no()
        }
        QuestionKind::DeleteApp => Answer::yes(),
        QuestionKind::Using => Answer::Unfilled { unfilled: true },
        QuestionKind::Fill => Answer::Value(fill(&question.id, next)),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases().cases / 4, max_shrink_iters: 300, ..cases() })]

    #[test]
    fn no_more_operations_than_edits(counted in counted(), rolls in any::<[u16; 32]>()) {
        let previous = check(initial(&counted.states.previous))?;
        let detected = detected(&counted, &previous, &rolls);
        let told = || format!("{}\n{}\n{}", counted.told.join("\n"), detected.errors, lines(&detected));
        prop_assert!(detected.errors.is_empty(), "{}", told());
        let reached = check(apply_all(&detected.migrations, &previous))?;
        same(&reached, &counted.states.next, &detected)?;
        let count: usize = detected.migrations.iter().map(|migration| migration.operations.len()).sum();
        prop_assert!(count <= counted.cost, "{count} operations for {}\n{}", counted.cost, told());
        let origins = origins(&detected, &previous);
        for ((model, field), old) in &counted.fields {
            let (Some(of), Some(next)) = (counted.models.get(model), counted.states.next.models.get(model)) else { continue };
            let values = |definition: Option<&_>, name| definition.and_then(|m: &fastdjango_core::state::ModelState| m.field(name)).is_some_and(holds_values);
            if values(Some(next), field) && values(previous.models.get(of), old) {
                let origin = origins.get(&(model.clone(), field.clone()));
                prop_assert_eq!(origin, Some(&(of.clone(), old.clone())), "{}.{} {}", model, field, told());
            }
        }
    }
}
