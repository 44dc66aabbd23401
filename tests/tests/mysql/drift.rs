//! What the dialect writes, the executor runs, and the catalog gives back: no difference that nobody made.

use fastdjango_core::backend::{Direction, Unit};
use fastdjango_core::dialect::of;
use fastdjango_core::pair::Pair;
use fastdjango_core::planner::plan;
use fastdjango_core::schema::{compare, lower_all};
use fastdjango_core::state::ProjectState;
use fastdjango_tests::generate::{Dice, answer_all, managed, roll};

use super::harness::{TestDb, each, options, unit};
use super::possible::possible;

/// Numbers that look random, and are the same everywhere.
fn dice(seed: u64) -> Dice {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u16::try_from(state >> 48).unwrap_or(0)
    };
    Dice::new((0..400).map(|_| next()).collect())
}

/// Makes the state by migrations, and returns it with the names that they gave; none where the database cannot have it.
async fn made(db: &TestDb, state: &ProjectState) -> Option<ProjectState> {
    let dialect = of(db.settings.engine).expect("a dialect");
    let nothing = ProjectState::default();
    let mut now = nothing.clone();
    let mut connection = db.open().await;
    for (number, migration) in answer_all(Pair::new(&nothing, state)).migrations.iter().enumerate() {
        let planned = plan(&migration.app, &migration.operations, &now, dialect).ok()?;
        let name = format!("{number:04}_{}", migration.app);
        let unit: Unit<'_> = unit(&name, &planned.up, Direction::Forward);
        connection.run(&unit, &options(), &mut |_| ()).await.expect("the migration runs");
        for operation in &migration.operations {
            operation.apply(&migration.app, &mut now).expect("the operation applies");
        }
    }
    Some(now)
}

/// How the database differs from the state, in words.
async fn drift(db: &TestDb, state: &ProjectState) -> Vec<String> {
    let dialect = of(db.settings.engine).expect("a dialect");
    let mut expected = lower_all(state).expect("a schema");
    let mut found = db.read().await.introspect().await.expect("the schema");
    dialect.normalize(&mut expected);
    dialect.normalize(&mut found);
    compare(&expected, &found, db.settings.engine).iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_database_of_random_models_is_what_the_models_say() {
    for server in each().await {
        let (mut compared, mut drifted) = (0, Vec::new());
        for seed in 1..=24 {
            let state = possible(server.settings.engine, managed(roll(&mut dice(seed))));
            let db = server.another().await;
            if let Some(state) = made(&db, &state).await {
                compared += 1;
                drifted.extend(drift(&db, &state).await.into_iter().map(|what| format!("{seed}: {what}")));
            }
        }
        assert!(compared >= 12, "only {compared} states could be made");
        assert!(drifted.is_empty(), "{}: {}", server.settings.engine, drifted.join("\n"));
    }
}
