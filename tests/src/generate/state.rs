//! Whole states.

use fastdjango_core::dialect::SQLITE;
use fastdjango_core::field::ColumnType;
use fastdjango_core::name::ModelRef;
use fastdjango_core::pair::Pair;
use fastdjango_core::schema::lower_all;
use fastdjango_core::state::{FieldKind, FieldState, ModelState, ProjectState};
use proptest::prelude::*;

use super::{Dice, edit, enums, kinds, model, options, repair};

/// The apps that models are spread over.
pub(super) const APPS: [&str; 3] = ["blog", "shop", "wiki"];
/// The names of models; few, so that two states share some.
pub(super) const MODELS: [&str; 6] = ["Post", "Author", "Tag", "Order", "Item", "Page"];

/// A valid state as models would make it: names that models need not give are open.
pub fn state() -> impl Strategy<Value = ProjectState> {
    dice().prop_map(|mut dice| roll(&mut dice))
}

/// Two valid states: half of the time the second is the first with a few edits, otherwise they only share names.
pub fn pair() -> impl Strategy<Value = Pair<ProjectState>> {
    dice().prop_map(|mut dice| {
        let edited = dice.once_in(2);
        let previous = roll(&mut dice);
        let next = if edited { edit(&previous, &mut dice) } else { roll(&mut dice) };
        Pair::new(previous, next)
    })
}

/// Two valid states of few models, the second with many edits of the first: names, columns, and keys change hands at once.
pub fn crowded() -> impl Strategy<Value = Pair<ProjectState>> {
    dice().prop_map(|mut dice| {
        let mut previous = roll(&mut dice);
        let few: Vec<ModelRef> = previous.models.keys().take(1 + dice.below(3)).cloned().collect();
        previous.models.retain(|model, _| few.contains(model));
        repair::repair(&mut previous);
        let mut next = edit(&previous, &mut dice);
        for _ in 0..dice.below(4) {
            next = edit(&next, &mut dice);
        }
        Pair::new(previous, next)
    })
}

/// Valid states, each the one before with a few edits.
pub fn states(count: usize) -> impl Strategy<Value = Vec<ProjectState>> {
    let rolls = proptest::collection::vec(any::<u16>(), 0..600 + 100 * count);
    rolls.prop_map(Dice::new).prop_map(move |mut dice| {
        let mut states = vec![roll(&mut dice)];
        while states.len() < count {
            let next = edit(&states[states.len() - 1], &mut dice);
            states.push(next);
        }
        states
    })
}

/// The models of one app, without what refers to the others.
#[must_use]
pub fn only(state: &ProjectState, app: &str) -> ProjectState {
    let mut one = state.clone();
    one.models.retain(|model, _| model.app == *app);
    repair::repair(&mut one);
    one
}

/// The same as [`complete`], without what only some databases have.
#[must_use]
pub fn managed(state: ProjectState) -> ProjectState {
    complete(kinds::had_by(&SQLITE, state))
}

/// The state with every table ours and possible: no reference to a table that nobody makes, no table without a column.
#[must_use]
pub fn complete(mut state: ProjectState) -> ProjectState {
    state.models.for_each_mut(|_, model| possible(model));
    while let Err(faults) = lower_all(&state) {
        // A reference to a model whose key is gone, or of two fields, goes too.
        let faulty = |model: &ModelRef| faults.iter().any(|fault| fault.message.starts_with(&format!("`{model}` ")));
        state.models.for_each_mut(|model, definition| {
            let faulty = faulty(model);
            definition.fields.retain(|field| !faulty || field.target().is_none());
        });
        repair::repair(&mut state);
        state.models.for_each_mut(|_, model| possible(model));
    }
    state
}

fn possible(model: &mut ModelState) {
    model.managed = true;
    if !model.fields.iter().any(|field| field.column_name().is_some() && field.generated.is_none()) {
        let id = FieldState { auto: true, ..FieldState::new("id", FieldKind::Column(ColumnType::BigInt)) };
        model.fields.insert(0, id);
        model.primary_key = vec!["id".into()];
    }
    let key = model.primary_key.clone();
    for field in &mut model.fields {
        field.auto = field.auto && key == [field.name.clone()];
    }
}

/// Dice of any length.
pub fn dice() -> impl Strategy<Value = Dice> {
    proptest::collection::vec(any::<u16>(), 0..600).prop_map(Dice::new)
}

/// A valid state.
pub fn roll(dice: &mut Dice) -> ProjectState {
    let mut state = ProjectState::default();
    let apps = 1 + dice.below(APPS.len());
    for _ in 0..=dice.below(12) {
        let app = APPS[dice.below(apps)];
        let name = MODELS[dice.below(MODELS.len())];
        let model = ModelRef::new(app, name);
        let definition = model::columns(&model, dice);
        state.models.insert(model, definition);
    }
    let names: Vec<ModelRef> = state.models.keys().cloned().collect();
    for name in &names {
        model::relations(name, &mut state, dice);
    }
    for name in &names {
        model::items(name, &mut state, dice);
    }
    enums::spread(&mut state, dice);
    kinds::spread(&mut state, dice);
    options::edit(&mut state, dice);
    repair::repair(&mut state);
    state
}
