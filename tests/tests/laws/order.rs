//! The order between migrations: what an operation touches, and that every order which the files allow is as good.

use std::collections::{BTreeMap, BTreeSet};

use fastdjango_core::detect::Past;
use fastdjango_core::field::ColumnType;
use fastdjango_core::migration::{Graph, Migration};
use fastdjango_core::name::{MigrationRef, ModelRef};
use fastdjango_core::operation::Touched;
use fastdjango_core::pair::Pair;
use fastdjango_core::planner;
use fastdjango_core::schema::{self, Lowered};
use fastdjango_core::state::{FieldKind, FieldState, ModelState, Pairs, ProjectState};
use fastdjango_tests::generate::{Dice, answer_after, answer_all, initial, pair, states};
use proptest::prelude::*;

use crate::{cases, check, lines};

type Tables = BTreeMap<ModelRef, Vec<Lowered>>;

/// The tables of each model; `None` between two operations that make sense only together.
fn tables(state: &ProjectState, models: &BTreeSet<ModelRef>) -> Option<Tables> {
    let mut tables = Tables::new();
    for lowered in schema::lower(state, models).ok()? {
        tables.entry(lowered.identity.model().clone()).or_default().push(lowered);
    }
    Some(tables)
}

fn everything(state: &ProjectState) -> BTreeSet<ModelRef> {
    state.models.keys().cloned().collect()
}

/// The state with these models and enums alone.
fn part(state: &ProjectState, models: &BTreeSet<ModelRef>) -> ProjectState {
    let mut part = state.clone();
    part.models.retain(|model, _| models.contains(model));
    part.enums.retain(|name, found| models.contains(&found.reference(name)));
    part
}

/// The history that `makemigrations` writes for one state of the models after the other.
pub(super) fn history(states: &[ProjectState]) -> Result<Vec<Migration>, TestCaseError> {
    let mut state = ProjectState::default();
    let mut past = Past::default();
    let mut history = Vec::new();
    for next in states {
        let detected = answer_after(Pair::new(&state, next), &past);
        if !detected.errors.is_empty() {
            return Err(TestCaseError::fail(format!("{}\n{}", detected.errors, lines(&detected))));
        }
        for migration in detected.migrations {
            past.add(migration.reference(), &follow(&migration, &mut state)?);
            history.push(migration);
        }
    }
    Ok(history)
}

fn follow(migration: &Migration, state: &mut ProjectState) -> Result<Touched, TestCaseError> {
    let mut touched = Touched::default();
    for operation in &migration.operations {
        check(touched.follow(&migration.app, operation, state))?;
    }
    Ok(touched)
}

/// An order that the dependencies allow, by chance.
fn schedule(history: &[Migration], dice: &mut Dice) -> Vec<Migration> {
    let mut left: Vec<&Migration> = history.iter().collect();
    let mut done: BTreeSet<MigrationRef> = BTreeSet::new();
    let mut order = Vec::new();
    while !left.is_empty() {
        let ready: Vec<usize> =
            (0..left.len()).filter(|&i| left[i].dependencies.iter().all(|before| done.contains(before))).collect();
        let Some(&at) = dice.pick(&ready) else { break };
        let next = left.remove(at);
        done.insert(next.reference());
        order.push(next.clone());
    }
    order
}

/// What each migration is rendered from, in this order.
fn inputs(order: &[Migration]) -> Result<BTreeMap<MigrationRef, String>, TestCaseError> {
    let mut state = ProjectState::default();
    let mut inputs = BTreeMap::new();
    for migration in order {
        let input = planner::input_hash(&migration.app, &migration.operations, &state);
        inputs.insert(migration.reference(), input);
        follow(migration, &mut state)?;
    }
    Ok(inputs)
}

/// One state after the other, in which `shop.Post` may have pairs and `blog.Label` may have their table.
fn around_a_name(has_it: &[(bool, bool)]) -> Vec<ProjectState> {
    let of = |&(pairs, other): &(bool, bool)| {
        let id = || FieldState::new("id", FieldKind::Column(ColumnType::BigInt));
        let model = |table: &str| {
            let (fields, primary_key) = (vec![id()], vec!["id".into()]);
            ModelState { fields: fields.into(), primary_key, ..ModelState::new(table) }
        };
        let mut post = model("shop_post");
        let to = ModelRef::new("shop", "Post");
        let kind = FieldKind::ManyToMany(Pairs { to: to.clone(), through: None });
        post.fields.extend(pairs.then(|| FieldState::new("tags", kind)));
        let mut state = ProjectState::default();
        state.models.insert(to, post);
        state.models.insert(ModelRef::new("blog", "Label"), model(if other { "shop_post_tags" } else { "blog_label" }));
        state
    };
    has_it.iter().map(of).collect()
}

#[test]
fn who_takes_the_name_of_a_table_of_pairs_comes_after_who_gave_it_up() {
    let (of_pairs, of_a_model, of_nobody) = ((true, false), (false, true), (false, false));
    for has_it in [
        &[of_pairs, of_a_model][..],
        &[of_a_model, of_pairs],
        &[of_pairs, of_nobody, of_a_model],
        &[of_a_model, of_nobody, of_pairs],
    ] {
        let history = history(&around_a_name(has_it)).expect("a history");
        let [.., gives, takes] = history.as_slice() else { panic!("{history:?}") };
        assert_ne!(gives.app, takes.app, "{has_it:?}");
        assert!(takes.dependencies.contains(&gives.reference()), "{has_it:?}: {:?}", takes.dependencies);
        let mut state = ProjectState::default();
        let touched =
            history.iter().map(|migration| (migration.reference(), follow(migration, &mut state).expect("it fits")));
        let touched: BTreeMap<_, _> = touched.collect();
        let mut alone = history.clone();
        alone.last_mut().expect("the last").dependencies.retain(|before| *before != gives.reference());
        let unordered = Graph::new(&alone).expect("a graph").check_order(&touched);
        assert!(!unordered.is_empty(), "{has_it:?}: by chance one of both would be refused");
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn an_operation_changes_what_it_writes_and_leans_on_what_it_reads(states in pair()) {
        let mut state = check(initial(&states.previous))?;
        for migration in answer_all(Pair::new(&state, &states.next)).migrations {
            for operation in &migration.operations {
                let before = state.clone();
                let mut touched = Touched::default();
                check(touched.follow(&migration.app, operation, &mut state))?;
                let whole = (tables(&before, &everything(&before)), tables(&state, &everything(&state)));
                let (Some(old), Some(new)) = whole else { continue };
                for model in everything(&before).union(&everything(&state)) {
                    let same = before.models.get(model) == state.models.get(model) && old.get(model) == new.get(model);
                    let told = || format!("{model} by {}: {}", migration.app, operation.describe());
                    prop_assert!(same || touched.writes.contains(model), "{}", told());
                }
                for (name, found) in before.enums.iter().chain(&state.enums) {
                    let same = before.enums.get(name) == state.enums.get(name);
                    prop_assert!(same || touched.writes.contains(&found.reference(name)), "{name} by {}", operation.describe());
                }
                let all: BTreeSet<ModelRef> = touched.clone().into_iter().collect();
                for (whole, models) in [(&before, &old), (&state, &new)] {
                    let mut written = models.clone();
                    written.retain(|model, _| touched.writes.contains(model));
                    prop_assert_eq!(tables(&part(whole, &all), &touched.writes), Some(written));
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases().cases.div_ceil(4), ..cases() })]

    #[test]
    fn every_order_that_the_files_allow_renders_the_same((states, rolls) in (states(5), any::<[u16; 64]>())) {
        let history = history(&states)?;
        let graph = Graph::new(&history).map_err(|found| TestCaseError::fail(found.to_string()))?;
        let mut state = ProjectState::default();
        let mut touched = BTreeMap::new();
        for migration in &history {
            touched.insert(migration.reference(), follow(migration, &mut state)?);
        }
        let unordered = graph.check_order(&touched);
        prop_assert!(unordered.is_empty(), "{unordered:?}");
        let want = inputs(&history)?;
        let mut dice = Dice::new(rolls.repeat(8));
        for _ in 0..5 {
            let order = schedule(&history, &mut dice);
            prop_assert_eq!(order.len(), history.len());
            prop_assert_eq!(&inputs(&order)?, &want);
        }
    }
}
