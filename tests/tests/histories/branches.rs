//! Two branches of one history, merged: whichever a database had first, it ends at the same catalog with the same rows; and
//! what is not merged would not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use fastdjango_core::migration::{Graph, Migration, Rebase, advance, rebase};
use fastdjango_core::name::MigrationRef;
use fastdjango_core::planner::plan;
use fastdjango_core::state::ProjectState;
use fastdjango_tests::generate::{Branches, Dice, had_by};
use fastdjango_tests::live::{Live, Server, seed};

use crate::history::is_refusal;
use crate::possible::possible;

/// What became of the branches.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Those that changed nothing in common.
    pub(crate) apart: AtomicUsize,
    /// Those that were merged, and lead to the same both ways.
    pub(crate) merged: AtomicUsize,
    /// Those that were refused, and lead elsewhere or nowhere the other way round.
    pub(crate) refused: AtomicUsize,
    /// Those that were refused, and lead to the same: both branches drop the same field, or rename it away, and no row tells which.
    pub(crate) alike: AtomicUsize,
    /// Those of which a database of that kind cannot make everything.
    pub(crate) stopped: AtomicUsize,
}

/// The merged migrations under the names that they had before.
fn under_former_names(rebased: &Rebase) -> Vec<Migration> {
    let former = |name: &MigrationRef| rebased.was.get(name).unwrap_or(name).clone();
    let mut migrations: Vec<Migration> = rebased.migrations.values().cloned().collect();
    for migration in &mut migrations {
        migration.name = former(&migration.reference()).name;
        for name in migration.dependencies.iter_mut().chain(&mut migration.before) {
            *name = former(name);
        }
    }
    migrations
}

/// Where an order of migrations leads.
#[derive(Debug)]
enum End {
    /// What the database has.
    At(Box<There>),
    /// Rows stand in the way of one of them.
    Stopped,
    /// One of them does not fit what is there by then: its operations, or its statements.
    Nowhere(String),
}

#[derive(Debug)]
struct There {
    state: ProjectState,
    catalog: String,
    rows: BTreeMap<String, Vec<String>>,
}

pub(crate) async fn run(server: &Server, mut dice: Dice, tally: &Tally) -> Result<(), String> {
    let facts = server.dialect().capabilities();
    let declared = |models| possible(server.engine(), had_by(facts, models));
    let Some(branches) = &Branches::roll(&mut dice, declared) else { return Ok(()) };
    let now = Graph::with_conflicts(&branches.all).map_err(|why| why.to_string())?;
    let rebased = rebase(&branches.all, &[]).map_err(|why| format!("{why}\n{}", told(branches)))?;
    let next = Graph::with_conflicts(&under_former_names(&rebased)).map_err(|why| why.to_string())?;
    let later: BTreeSet<MigrationRef> = now.newly_ordered(&next).into_iter().map(|(_, later)| later).collect();
    if later.is_empty() {
        tally.apart.fetch_add(1, Ordering::Relaxed);
        return Ok(());
    }
    let order = next.order();
    let mut orders = vec![[order.clone(), now.order_with_first(&later, &order)]];
    orders.extend(rebased.clashes.iter().map(|clash| one_by_one(&now, &clash.first, &clash.second)));
    let mut same = true;
    for [one, other] in &orders {
        match compare(server, branches, [one, other], &dice).await {
            Some(Ok(())) => {}
            Some(Err(why)) if rebased.clashes.is_empty() => {
                return Err(format!("merged, and one order leads elsewhere\n{why}\n{}", told(branches)));
            }
            Some(Err(_)) => same = false,
            None => {
                tally.stopped.fetch_add(1, Ordering::Relaxed);
                return Ok(());
            }
        }
    }
    let counted = match (rebased.clashes.is_empty(), same) {
        (true, _) => &tally.merged,
        (false, false) => &tally.refused,
        (false, true) => &tally.alike,
    };
    counted.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

/// What a database has that got the one first, and then the other, each with what it needs; and the other way round.
fn one_by_one(now: &Graph, first: &MigrationRef, second: &MigrationRef) -> [Vec<MigrationRef>; 2] {
    [[first, second], [second, first]].map(|[one, other]| {
        let mut order = now.forwards(&BTreeSet::from([one.clone()]), &BTreeSet::new());
        let have: BTreeSet<MigrationRef> = order.iter().cloned().collect();
        order.extend(now.forwards(&BTreeSet::from([other.clone()]), &have));
        order
    })
}

/// Whether two orders end at the same; none where a database of that kind cannot make everything.
async fn compare(
    server: &Server,
    branches: &Branches,
    orders: [&Vec<MigrationRef>; 2],
    dice: &Dice,
) -> Option<Result<(), String>> {
    let ends = |rows: Option<Dice>| async move {
        [end(server, branches, orders[0], rows.as_ref()).await, end(server, branches, orders[1], rows.as_ref()).await]
    };
    let stopped = |ends: &[End; 2]| ends.iter().any(|end| matches!(end, End::Stopped));
    let mut both = ends(Some(dice.clone())).await;
    if stopped(&both) {
        // Without rows nothing is in the way, and the catalogs still tell.
        both = ends(None).await;
    }
    if stopped(&both) {
        return None;
    }
    let [one, other] = &both;
    let same = match (one, other) {
        (End::At(one), End::At(other)) => {
            (&one.catalog, &one.rows) == (&other.catalog, &other.rows) && one.state.equivalent(&other.state)
        }
        _ => false,
    };
    Some(if same { Ok(()) } else { Err(format!("{orders:?}\n{}\n{}", told_end(one), told_end(other))) })
}

/// Runs the migrations in an order, each by the steps that are rendered for what is there by then.
async fn end(server: &Server, branches: &Branches, order: &[MigrationRef], rows: Option<&Dice>) -> End {
    let mut live = Live::new(server).await;
    let result = lead(&mut live, branches, order, rows).await;
    let end = match result {
        Ok(Some(state)) => End::At(Box::new(There { state, catalog: live.catalog().await, rows: live.dump().await })),
        Ok(None) => End::Stopped,
        Err(why) => End::Nowhere(why),
    };
    live.remove().await;
    end
}

/// What the migrations leave; none where rows are in the way; an error where a migration does not fit.
async fn lead(
    live: &mut Live,
    branches: &Branches,
    order: &[MigrationRef],
    rows: Option<&Dice>,
) -> Result<Option<ProjectState>, String> {
    let mut state = ProjectState::default();
    let find = |name: &MigrationRef| branches.all.iter().find(|migration| migration.reference() == *name);
    let is_base = |name: &&MigrationRef| branches.base.iter().any(|migration| migration.reference() == **name);
    live.create(&branches.state).await;
    if let Some(dice) = rows {
        seed(live, &branches.state, &mut dice.clone()).await;
    }
    advance(&mut state, order.iter().filter(is_base).filter_map(find)).map_err(|why| why.to_string())?;
    for migration in order.iter().filter(|name| !is_base(name)).filter_map(find) {
        let mut after = state.clone();
        advance(&mut after, [migration]).map_err(|why| why.to_string())?;
        let Ok(planned) = plan(&migration.app, &migration.operations, &state, live.dialect()) else { return Ok(None) };
        if let Err(why) = live.steps(&state, &planned.up).await {
            return if is_refusal(live.engine(), &why) { Ok(None) } else { Err(why.to_string()) };
        }
        state = after;
    }
    Ok(Some(state))
}

fn told(branches: &Branches) -> String {
    let one = |migration: &Migration| {
        let operations = migration.operations.iter().map(|operation| format!("  {}", operation.describe()));
        let head = format!("{} after {:?}", migration.reference(), migration.dependencies);
        [head].into_iter().chain(operations).collect::<Vec<_>>().join("\n")
    };
    branches.all.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn told_end(end: &End) -> String {
    match end {
        End::At(there) => format!("{}{:#?}", there.catalog, there.rows),
        End::Stopped => "rows are in the way".to_owned(),
        End::Nowhere(why) => why.clone(),
    }
}
