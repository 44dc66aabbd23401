//! The same history twice, on two files: as its operations stand, and optimized.

use fastdjango_core::dialect::Sqlite;
use fastdjango_core::name::AppLabel;
use fastdjango_core::operation::{Operation, optimize};
use fastdjango_core::pair::Pair;
use fastdjango_core::planner::plan;
use fastdjango_core::state::ProjectState;
use fastdjango_tests::generate::{Dice, answer_all, apply_all, edit, managed, only, roll};
use fastdjango_tests::live::{Live, seed};

pub(crate) async fn run(mut dice: Dice) -> Result<(), String> {
    let app = AppLabel::new("blog");
    let nothing = ProjectState::default();
    let first = answer_all(Pair::new(&nothing, &only(&managed(roll(&mut dice)), "blog"))).migrations;
    let state = apply_all(&first, &nothing).map_err(|why| why.to_string())?;
    let mut operations: Vec<Operation> = Vec::new();
    let mut now = state.clone();
    for _ in 0..3 {
        let models = only(&managed(edit(&now, &mut dice)), "blog");
        let migrations = answer_all(Pair::new(&now, &models)).migrations;
        now = apply_all(&migrations, &now).map_err(|why| why.to_string())?;
        operations.extend(migrations.into_iter().flat_map(|migration| migration.operations));
    }
    let shorter = optimize(&app, operations.clone());
    if shorter == operations {
        return Ok(());
    }
    let mut databases = [Live::new().await, Live::new().await];
    let mut refused = Vec::new();
    for (live, operations) in databases.iter_mut().zip([&operations, &shorter]) {
        live.create(&state).await;
        seed(live, &state, &mut dice.clone()).await;
        // One operation at a time: what a plan folds by itself must not hide what the optimizer does.
        refused.push(one_by_one(live, &app, operations, &state).await);
    }
    let told = || {
        let lines = |operations: &[Operation]| {
            operations.iter().map(|o| format!("  {}  {o:?}\n", o.describe())).collect::<String>()
        };
        format!("{}became\n{}", lines(&operations), lines(&shorter))
    };
    let [long, short] = &mut databases;
    match refused.as_slice() {
        [None, None] => {}
        // What is never made cannot be refused.
        [Some(_), _] => return Ok(()),
        [None, Some(why)] => return Err(format!("only the shorter list is refused: {why}\n{}", told())),
        _ => return Err("two databases".to_owned()),
    }
    if long.catalog().await != short.catalog().await {
        return Err(format!("the catalogs differ\n{}\n{}\n{}", long.schema().await, short.schema().await, told()));
    }
    let (long, short) = (long.dump().await, short.dump().await);
    if long == short { Ok(()) } else { Err(format!("the rows differ\n{long:#?}\n{short:#?}\n{}", told())) }
}

async fn one_by_one(
    live: &mut Live,
    app: &AppLabel,
    operations: &[Operation],
    state: &ProjectState,
) -> Option<String> {
    let mut state = state.clone();
    for operation in operations {
        let planned = match plan(app, std::slice::from_ref(operation), &state, &Sqlite) {
            Ok(planned) => planned,
            Err(why) => return Some(why.to_string()),
        };
        if let Err(why) = live.steps(&planned.up).await {
            return Some(why.to_string());
        }
        if let Err(why) = operation.apply(app, &mut state) {
            return Some(why.to_string());
        }
    }
    None
}
