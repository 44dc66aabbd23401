//! The loop that shortens lists of operations; it knows nothing of them but what they come to in pairs.

use super::Operation;
use super::reduce::Reduction;
use crate::name::AppLabel;

/// The fewest operations that the pairwise reductions lead to, with the same state and the same rows.
///
/// Deterministic, and stable: a list that cannot be shortened comes back as it was.
#[must_use]
pub fn optimize(app: &AppLabel, mut operations: Vec<Operation>) -> Vec<Operation> {
    while let Some(shorter) = shorten(app, &operations) {
        operations = shorter;
    }
    operations
}

/// One reduction made; none where there is none to make.
fn shorten(app: &AppLabel, operations: &[Operation]) -> Option<Vec<Operation>> {
    (0..operations.len()).find_map(|at| reduce_at(app, operations, at))
}

/// The first later operation that folds with the one at `at`, if either can move to the other.
fn reduce_at(app: &AppLabel, operations: &[Operation], at: usize) -> Option<Vec<Operation>> {
    let operation = &operations[at];
    let mut moves_right = true;
    for (offset, next) in operations[at + 1..].iter().enumerate() {
        let between = &operations[at + 1..at + 1 + offset];
        match operation.reduce(next, app) {
            Reduction::Pass => {}
            Reduction::Barrier => moves_right = false,
            Reduction::Replace(folded) => {
                let moves_left = || between.iter().all(|other| other.reduce(next, app) == Reduction::Pass);
                let (head, tail) = (&operations[..at], &operations[at + 2 + offset..]);
                let middle = if moves_right {
                    [between, &folded].concat()
                } else if moves_left() {
                    [&folded, between].concat()
                } else {
                    // Something in between holds both where they are; one behind may still fold.
                    moves_right = false;
                    continue;
                };
                return Some([head, &middle, tail].concat());
            }
        }
    }
    None
}
