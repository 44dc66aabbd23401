//! A squash leaves what the migrations leave that it stands for, to the last word, and has no more operations.

use std::sync::atomic::{AtomicUsize, Ordering};

use fastdjango_core::migration::{Graph, Migration, advance, squash};
use fastdjango_core::state::ProjectState;
use fastdjango_tests::generate::{Dice, dice, edit_little, only, roll};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::order::history;
use crate::cases;

/// Of each random history of one app, a squash of all of it, and one of all but the first migration.
#[test]
fn a_squash_leaves_the_very_state_of_its_parts() {
    let (squashed, shorter, refused) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let config = ProptestConfig { cases: cases().cases / 4, ..cases() };
    let result = TestRunner::new(config).run(&dice(), |mut dice| {
        let history = history(&models(&mut dice))?;
        for from in [0, 1] {
            let (before, range) = history.split_at(from.min(history.len()));
            if range.len() < 2 {
                continue;
            }
            let mut state = ProjectState::default();
            advance(&mut state, before).map_err(|why| TestCaseError::fail(why.to_string()))?;
            let graph = Graph::new(&history).map_err(|why| TestCaseError::fail(why.to_string()))?;
            let range: Vec<&Migration> = range.iter().collect();
            let Ok(found) = squash(&graph, &range, &state) else {
                refused.fetch_add(1, Ordering::Relaxed);
                continue;
            };
            let (mut parts, mut whole) = (state.clone(), state);
            advance(&mut parts, range.iter().copied()).map_err(|why| TestCaseError::fail(why.to_string()))?;
            advance(&mut whole, [&found.migration]).map_err(|why| TestCaseError::fail(why.to_string()))?;
            prop_assert!(parts == whole, "{:?}\n{:?}", parts, whole);
            prop_assert!(found.operations.next <= found.operations.previous);
            squashed.fetch_add(1, Ordering::Relaxed);
            shorter.fetch_add(usize::from(found.operations.next < found.operations.previous), Ordering::Relaxed);
        }
        Ok(())
    });
    let counted = |number: &AtomicUsize| number.load(Ordering::Relaxed);
    let told = format!("{} squashed, {} shorter, {} refused", counted(&squashed), counted(&shorter), counted(&refused));
    result.unwrap_or_else(|why| panic!("{why}"));
    eprintln!("{told}");
    assert_eq!(counted(&refused), 0, "{told}");
    assert!(counted(&shorter) * 2 > counted(&squashed), "{told}");
}

fn models(dice: &mut Dice) -> Vec<ProjectState> {
    let mut all = vec![only(&roll(dice), "blog")];
    for _ in 0..4 {
        all.push(only(&edit_little(&all[all.len() - 1], dice), "blog"));
    }
    all
}
