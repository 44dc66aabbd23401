//! A history and a squash of its end, on two databases: both have the same catalog, and the way back of the squash leads where the history's
//! own began.

use std::sync::atomic::{AtomicUsize, Ordering};

use fastdjango_core::detect::Past;
use fastdjango_core::migration::{Graph, Migration, squash};
use fastdjango_core::name::AppLabel;
use fastdjango_core::operation::{Operation, Touched};
use fastdjango_core::pair::Pair;
use fastdjango_core::planner::plan;
use fastdjango_core::state::ProjectState;
use fastdjango_tests::generate::{Dice, answer_after, complete, edit_little, had_by, managed, only, roll};
use fastdjango_tests::live::{Live, Server};

use super::optimized::migrate;
use super::possible::possible;

/// How many squashes ran, and how many of them had fewer operations.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) compared: AtomicUsize,
    pub(crate) shorter: AtomicUsize,
}

pub(crate) async fn run(server: &Server, mut dice: Dice, tally: &Tally) -> Result<(), String> {
    let history = history(server, &mut dice)?;
    let (before, range) = history.split_at(dice.below(2).min(history.len()));
    let app = AppLabel::new("blog");
    let [mut long, mut short] = [Live::new(server).await, Live::new(server).await];
    let (mut state, mut begun) = (ProjectState::default(), ProjectState::default());
    let mut possible = range.len() >= 2;
    for migration in before {
        possible = possible && migrate(&mut long, &app, &migration.operations, &mut state).await.is_ok();
        possible = possible && migrate(&mut short, &app, &migration.operations, &mut begun).await.is_ok();
    }
    let (start, origin) = (short.catalog().await, begun.clone());
    for migration in range {
        // What this server refuses of a history is no matter of the squash.
        possible = possible && migrate(&mut long, &app, &migration.operations, &mut state).await.is_ok();
    }
    if possible {
        let graph = Graph::new(&history).map_err(|why| why.to_string())?;
        let parts: Vec<&Migration> = range.iter().collect();
        let found = squash(&graph, &parts, &origin).map_err(|why| why.to_string())?;
        let told = || told(range, &found.migration.operations);
        migrate(&mut short, &app, &found.migration.operations, &mut begun)
            .await
            .map_err(|why| format!("only the squash is refused: {why}\n{}", told()))?;
        if long.catalog().await != short.catalog().await {
            return Err(format!("the catalogs differ\n{}\n{}\n{}", long.schema().await, short.schema().await, told()));
        }
        back(&mut short, &app, &found.migration.operations, &origin)
            .await
            .map_err(|why| format!("{why}\n{}", told()))?;
        if short.catalog().await != start {
            return Err(format!("the way back leads elsewhere\n{start}\n{}\n{}", short.catalog().await, told()));
        }
        tally.compared.fetch_add(1, Ordering::Relaxed);
        let fewer = found.operations.next < found.operations.previous;
        tally.shorter.fetch_add(usize::from(fewer), Ordering::Relaxed);
    }
    long.remove().await;
    short.remove().await;
    Ok(())
}

/// What `makemigrations` writes for one state of the models after the other.
fn history(server: &Server, dice: &mut Dice) -> Result<Vec<Migration>, String> {
    let facts = server.dialect().capabilities();
    let declared =
        |state: &ProjectState| possible(server.engine(), complete(had_by(facts, managed(only(state, "blog")))));
    let (mut state, mut past, mut history) = (ProjectState::default(), Past::default(), Vec::new());
    for at in 0..5 {
        let next = declared(&if at == 0 { roll(dice) } else { edit_little(&state, dice) });
        let detected = answer_after(Pair::new(&state, &next), &past);
        for migration in detected.migrations {
            let mut touched = Touched::default();
            for operation in &migration.operations {
                touched.follow(&migration.app, operation, &mut state).map_err(|why| why.to_string())?;
            }
            past.add(migration.reference(), &touched);
            history.push(migration);
        }
    }
    Ok(history)
}

async fn back(live: &mut Live, app: &AppLabel, operations: &[Operation], origin: &ProjectState) -> Result<(), String> {
    let mut after = origin.clone();
    let planned = plan(app, operations, origin, live.dialect()).map_err(|why| why.to_string())?;
    for operation in operations {
        operation.apply(app, &mut after).map_err(|why| why.to_string())?;
    }
    let down = planned.down.ok_or("there is no way back")?;
    live.steps(&after, &down).await.map_err(|why| format!("the way back is refused: {why}"))
}

fn told(range: &[Migration], squashed: &[Operation]) -> String {
    let lines = |operations: &[Operation]| {
        operations.iter().map(|o| format!("  {}  {o:?}", o.describe())).collect::<Vec<_>>().join("\n")
    };
    let all: Vec<Operation> = range.iter().flat_map(|migration| migration.operations.clone()).collect();
    format!("{}\nbecame\n{}", lines(&all), lines(squashed))
}
