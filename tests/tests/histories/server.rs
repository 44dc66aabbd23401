//! The same histories on a server: the catalog is that of a fresh database after every migration, there and back.

use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use fastdjango_core::field::Engine;
use fastdjango_core::migration::Step;
use fastdjango_core::pair::Pair;
use fastdjango_core::planner::plan;
use fastdjango_core::state::ProjectState;
use fastdjango_tests::generate::{Dice, answer_all, edit, managed, roll};
use fastdjango_tests::live::{Server, server_seed};

use crate::possible::possible;

/// What became of the histories.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) applied: AtomicUsize,
    pub(crate) undone: AtomicUsize,
    pub(crate) refused: AtomicUsize,
}

struct Applied {
    down: Vec<Step>,
    before: String,
}

pub(crate) async fn run(engine: Engine, url: &str, mut dice: Dice, tally: &Tally) -> Result<(), String> {
    let mut live = Server::new(engine, url).await;
    let mut state = ProjectState::default();
    let mut way_back: Vec<Applied> = Vec::new();
    let mut models = possible(engine, managed(roll(&mut dice)));
    'edits: for _ in 0..4 {
        for migration in answer_all(Pair::new(&state, &models)).migrations {
            let before = live.catalog().await;
            let planned = match plan(&migration.app, &migration.operations, &state, live.dialect()) {
                Ok(planned) => planned,
                Err(why) if why.iter().all(|diagnostic| ["E420", "E424"].contains(&diagnostic.code)) => break 'edits,
                Err(why) => return Err(why.to_string()),
            };
            if let Err(why) = live.steps(&planned.up).await {
                tally.refused.fetch_add(1, Ordering::Relaxed);
                refused(&why).map_err(|why| format!("{why}\n{}{before}", told(&migration.operations, &planned.up)))?;
                if live.catalog().await != before {
                    // Without a transaction, what came before the refusal stays, and the way back is the journal's.
                    return if live.dialect().capabilities().transactional_ddl { Err(why) } else { Ok(()) };
                }
                break 'edits;
            }
            for operation in &migration.operations {
                operation.apply(&migration.app, &mut state).map_err(|why| why.to_string())?;
            }
            let fresh = live.like_fresh(&state).await;
            fresh.map_err(|why| format!("{why}\n{}", told(&migration.operations, &planned.up)))?;
            tally.applied.fetch_add(1, Ordering::Relaxed);
            way_back.push(Applied { down: planned.down.ok_or("no way back")?, before });
        }
        server_seed(&mut live, &state).await;
        models = possible(engine, managed(edit(&state, &mut dice)));
    }
    while let Some(Applied { down, before }) = way_back.pop() {
        if let Err(why) = live.steps(&down).await {
            tally.refused.fetch_add(1, Ordering::Relaxed);
            return refused(&why).map_err(|why| format!("{why}\n{}", told(&[], &down)));
        }
        let found = live.catalog().await;
        if found != before {
            return Err(format!("back, the catalog is\n{found}and was\n{before}\n{}", told(&[], &down)));
        }
        tally.undone.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// What rows stand in the way of is refused; anything else the server says is a fault of the plan.
fn refused(why: &str) -> Result<(), String> {
    // The last ones: a column of a composite key, or of a check, gets a type that does not compare with the other side's.
    let rows = [
        "rows of `",
        "values of `",
        "values of the unique index",
        "invalid input syntax",
        "violates",
        "could not create unique",
        "cannot be implemented",
        "operator does not exist",
        "a foreign key constraint fails",
        "Duplicate entry",
        "is violated",
        "` failed for `",
        "Incorrect ",
        // What a row that is refused while the table is copied becomes, where others refer to the table.
        "Cannot delete rows from table which is parent",
        "are incompatible",
        "Foreign key constraint is incorrectly formed",
    ];
    if rows.iter().any(|part| why.contains(part)) { Ok(()) } else { Err(why.to_owned()) }
}

fn told(operations: &[fastdjango_core::operation::Operation], steps: &[Step]) -> String {
    let mut text = String::new();
    for operation in operations {
        let _ = writeln!(text, "  {}", operation.describe());
    }
    for statement in steps.iter().flat_map(Step::statements) {
        let _ = writeln!(text, "{statement};");
    }
    text
}
