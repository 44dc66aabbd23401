//! The detector's result, and its table of contents.

use super::findings::{Findings, Warnings};
use super::{Answers, Past, Question, compare, draft, enums, names, rename, schedule};
use crate::diagnostic::Diagnostics;
use crate::migration::Migration;
use crate::pair::Pair;
use crate::state::{Hints, ProjectState};

/// What changed, and what is left to say and to ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detected {
    /// The migrations, each after those it depends on; to be written only where no question is open and nothing is wrong.
    pub migrations: Vec<Migration>,
    /// What only a person can decide; the migrations stand as if every rename were denied and no value given.
    ///
    /// While a rename is open, only renames are asked about: what else there is to ask depends on the answer.
    pub questions: Vec<Question>,
    /// What somebody should look at.
    pub warnings: Diagnostics,
    /// What is wrong: hints or answers that contradict each other, changes that no order can make.
    pub errors: Diagnostics,
}

/// Finds the migrations that lead from the previous state to the next.
///
/// `states.next` comes from the models: names that it leaves open are chosen here and written into the operations.
/// `past` says what a new migration has to be put after. The same input gives the same output, byte for byte.
#[must_use]
pub fn detect(states: Pair<&ProjectState>, hints: &Hints, past: &Past, answers: &Answers) -> Detected {
    let mut findings = Findings::new(hints, answers);
    let next = enums::settled(states);
    let states = Pair::new(states.previous, &next);
    let (mut changes, previous) = rename::find(states, &mut findings);
    let renames = findings.questions.len();
    let (altered, previous) = enums::compare(states, &previous, &mut findings);
    changes.extend(altered);
    let aligned = compare::align_columns(&previous, states.next);
    let target = names::choose(Pair::new(&aligned, states.next));
    changes.extend(compare::compare(Pair::new(&previous, &target), &aligned, &mut findings));
    let drafts = schedule::schedule(states.previous, &target, changes, &mut findings.errors);
    if renames > 0 {
        // Whatever else was found rests on renames that nobody has denied yet.
        findings.questions.truncate(renames);
        findings.warnings = Warnings::default();
    }
    Detected {
        migrations: draft::migrations(drafts, past),
        questions: findings.questions,
        warnings: findings.warnings.into(),
        errors: findings.errors,
    }
}
