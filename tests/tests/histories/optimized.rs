//! The same history twice, on two files: migration by migration, and as one optimized list of operations.

use std::sync::atomic::{AtomicUsize, Ordering};

use fastdjango_core::name::AppLabel;
use fastdjango_core::operation::{Operation, optimize};
use fastdjango_core::pair::Pair;
use fastdjango_core::planner::plan;
use fastdjango_core::state::ProjectState;
use fastdjango_tests::generate::{Dice, answer_all, apply_all, edit, managed, only, roll};
use fastdjango_tests::live::{Live, Server, seed};

/// `compared` counts the lists that became shorter.
pub(crate) async fn run(server: &Server, mut dice: Dice, compared: &AtomicUsize) -> Result<(), String> {
    let app = AppLabel::new("blog");
    let nothing = ProjectState::default();
    let first = answer_all(Pair::new(&nothing, &managed(only(&roll(&mut dice), "blog")))).migrations;
    let state = apply_all(&first, &nothing).map_err(|why| why.to_string())?;
    let [mut long, mut short] = [Live::new(server).await, Live::new(server).await];
    for live in [&mut long, &mut short] {
        live.create(&state).await;
        seed(live, &state, &mut dice.clone()).await;
    }
    let mut operations: Vec<Operation> = Vec::new();
    let mut now = state.clone();
    for _ in 0..6 {
        let models = managed(only(&edit(&now, &mut dice), "blog"));
        for migration in answer_all(Pair::new(&now, &models)).migrations {
            // What the rows refuse is left out of the history.
            if migrate(&mut long, &app, &migration.operations, &mut now).await.is_ok() {
                operations.extend(migration.operations);
            } else {
                break;
            }
        }
    }
    let shorter = optimize(&app, operations.clone());
    if shorter == operations {
        return Ok(());
    }
    let told = || {
        let lines = |operations: &[Operation]| {
            operations.iter().map(|o| format!("  {}  {o:?}", o.describe())).collect::<Vec<_>>().join("\n")
        };
        format!("{}\nbecame\n{}", lines(&operations), lines(&shorter))
    };
    migrate(&mut short, &app, &shorter, &mut state.clone())
        .await
        .map_err(|why| format!("only the shorter list is refused: {why}\n{}", told()))?;
    compared.fetch_add(1, Ordering::Relaxed);
    if long.catalog().await != short.catalog().await {
        return Err(format!("the catalogs differ\n{}\n{}\n{}", long.schema().await, short.schema().await, told()));
    }
    let (long, short) = (long.dump().await, short.dump().await);
    if long == short { Ok(()) } else { Err(format!("the rows differ\n{long:#?}\n{short:#?}\n{}", told())) }
}

/// Applies the operations to the database and to the state.
pub(crate) async fn migrate(
    live: &mut Live,
    app: &AppLabel,
    operations: &[Operation],
    state: &mut ProjectState,
) -> Result<(), String> {
    let planned = plan(app, operations, state, live.dialect()).map_err(|why| why.to_string())?;
    live.steps(state, &planned.up).await.map_err(|why| why.to_string())?;
    for operation in operations {
        operation.apply(app, state).map_err(|why| why.to_string())?;
    }
    Ok(())
}
