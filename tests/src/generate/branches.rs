//! Two developers who begin at the same migrations, and each make some of their own.

use std::collections::BTreeMap;

use fastdjango_core::detect::Past;
use fastdjango_core::migration::{Graph, Migration, advance, history_state, touched};
use fastdjango_core::name::MigrationRef;
use fastdjango_core::pair::Pair;
use fastdjango_core::state::ProjectState;

use super::{Dice, Known, answer_by, complete, edit_little, plain_answer, renames, roll};

/// What is in the version control system once both have pushed.
#[derive(Clone, Debug)]
pub struct Branches {
    /// What both began with.
    pub base: Vec<Migration>,
    /// All migrations, those of the base among them; none has SQL.
    pub all: Vec<Migration>,
    /// What the base leaves.
    pub state: ProjectState,
}

impl Branches {
    /// Rolls a project, and what two developers do with it; `declared` makes of models what a database can be told to make.
    #[must_use]
    pub fn roll(dice: &mut Dice, declared: impl Fn(ProjectState) -> ProjectState) -> Option<Self> {
        let models = declared(complete(roll(dice)));
        let base = made(&ProjectState::default(), &[], &models, ("base", dice))?;
        let mut all = base.clone();
        let order = Graph::new(&base).ok()?.order();
        let state = history_state(&base, &order).ok()?;
        for who in ["a", "b"] {
            let (mut own, mut now) = (base.clone(), state.clone());
            for _ in 0..=dice.below(2) {
                let models = declared(complete(edit_little(&now, dice)));
                let new = made(&now, &own, &models, (who, dice))?;
                advance(&mut now, &new).ok()?;
                own.extend(new.clone());
                all.extend(new);
            }
        }
        Some(Self { base, all, state })
    }
}

/// What a developer makes of other models, behind the migrations that are there; none where no order of the changes is found.
fn made(
    now: &ProjectState,
    before: &[Migration],
    models: &ProjectState,
    (who, dice): (&str, &mut Dice),
) -> Option<Vec<Migration>> {
    let states = Pair::new(now, models);
    let known = if dice.once_in(4) { renames(states, dice) } else { Known::of(states) };
    let detected = answer_by(states, &past(before)?, known, &mut |question| plain_answer(question, models));
    if detected.errors.has_errors() {
        return None;
    }
    let mut migrations = detected.migrations;
    let renamed: BTreeMap<MigrationRef, MigrationRef> = migrations
        .iter()
        .map(Migration::reference)
        .map(|old| (old.clone(), MigrationRef::new(old.app.clone(), format!("{}_{who}", old.name))))
        .collect();
    for migration in &mut migrations {
        migration.name = renamed[&migration.reference()].name.clone();
        for name in migration.dependencies.iter_mut().chain(&mut migration.before) {
            *name = renamed.get(name).unwrap_or(name).clone();
        }
    }
    Some(migrations)
}

fn past(migrations: &[Migration]) -> Option<Past> {
    let graph = Graph::new(migrations).ok()?;
    let by_name = migrations.iter().map(|migration| (migration.reference(), migration.clone())).collect();
    let mut past = Past::default();
    for (reference, touched) in touched(&by_name, &graph.order()) {
        past.add(reference, &touched);
    }
    past.leaves = graph.leaves();
    Some(past)
}
