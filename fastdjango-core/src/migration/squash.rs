//! A squash: the migrations of one line as one, which a new database runs and others count as applied.

mod left;

use std::collections::BTreeSet;

use super::{Graph, Migration, advance};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::{MigrationName, MigrationRef, shorten};
use crate::operation::{Operation, optimize};
use crate::pair::Pair;
use crate::state::ProjectState;

/// Migrations of an app, and the one that stands for them.
#[derive(Clone, Debug)]
pub struct Squash {
    /// The migration, without SQL.
    pub migration: Migration,
    /// How many operations there were, and are.
    pub operations: Pair<usize>,
}

/// Makes one migration of `range`, which stand in one line and in their order; `before` is what comes before them.
///
/// It leaves the very state that they leave, down to the order of fields: whatever comes behind was rendered from that. Where fewer
/// operations would not, it has all of theirs.
pub fn squash(graph: &Graph, range: &[&Migration], before: &ProjectState) -> Result<Squash, Diagnostics> {
    let (Some(first), Some(last)) = (range.first(), range.last()) else { return Err(too_few().into()) };
    if range.len() < 2 {
        return Err(too_few().into());
    }
    if let Some(fault) = between(graph, range) {
        return Err(fault.into());
    }
    let mut after = before.clone();
    advance(&mut after, range.iter().copied())?;
    let operations: Vec<Operation> = range.iter().flat_map(|migration| migration.operations.clone()).collect();
    let needed: Vec<Operation> = operations.iter().filter(|operation| !operation.is_elidable()).cloned().collect();
    if let Some(fault) = called_twice(&needed) {
        return Err(fault.into());
    }
    let fewer = optimize(&first.app, needed.clone());
    let mut ordered = fewer.clone();
    left::ordered(&mut ordered, &first.app, &after);
    // Where fewer of them would leave another order, all of them are still one migration.
    let candidates = if fewer.len() < needed.len() { vec![fewer, ordered, needed] } else { vec![needed] };
    for chosen in candidates {
        let migration = Migration { operations: chosen, ..frame(graph, range, first, last) };
        let mut reached = before.clone();
        if advance(&mut reached, [&migration]).is_ok() && reached == after {
            let operations = Pair::new(operations.len(), migration.operations.len());
            return Ok(Squash { migration, operations });
        }
    }
    Err(elsewhere(&first.reference(), &last.reference()).into())
}

/// The migration without operations.
fn frame(graph: &Graph, range: &[&Migration], first: &Migration, last: &Migration) -> Migration {
    let inside = |name: &&MigrationRef| range.iter().any(|migration| migration.reference() == **name);
    // Under the names of the files that are there: a dependency on a part of another squash is one on that.
    let outside = |names: &dyn Fn(&Migration) -> Vec<MigrationRef>| -> Vec<MigrationRef> {
        let all: BTreeSet<MigrationRef> = range.iter().flat_map(|migration| names(migration)).collect();
        all.into_iter().filter(|name| !inside(&name)).collect()
    };
    Migration {
        dependencies: outside(&|migration| graph.parents(&migration.reference())),
        before: outside(&|migration| migration.before.clone()),
        replaces: range.iter().map(|migration| migration.reference()).collect(),
        atomic: range.iter().all(|migration| migration.atomic),
        ..Migration::new(first.app.clone(), name(&first.name, &last.name), Vec::new())
    }
}

/// `0004_squashed_from_0001`: its number is that of the last, so that what comes behind keeps its own.
fn name(first: &MigrationName, last: &MigrationName) -> MigrationName {
    let number = |name: &MigrationName| name.as_str().split('_').next().unwrap_or_default().to_owned();
    let name = if number(first) == number(last) {
        format!("{last}_squashed_from_{first}")
    } else {
        format!("{}_squashed_from_{}", number(last), number(first))
    };
    shorten(&name, 60).into()
}

/// Something of another app that comes after one of them and before another: as one they would have to be on both of its sides.
fn between(graph: &Graph, range: &[&Migration]) -> Option<Diagnostic> {
    let (first, last) = (range.first()?.reference(), range.last()?.reference());
    let own: BTreeSet<MigrationRef> = range.iter().map(|migration| migration.reference()).collect();
    let order = graph.order();
    let middle = order.iter().find(|other| {
        !own.contains(other)
            && own.iter().any(|earlier| graph.precedes(earlier, other))
            && own.iter().any(|later| graph.precedes(other, later))
    })?;
    let message = format!("`{middle}` stands between `{first}` and `{last}`: it needs the one, and the other needs it");
    Some(
        Diagnostic::error("E273", message)
            .note("one migration in the place of all of them would have to run before it and after it")
            .help(format!("squash up to the one before `{middle}`, and from the one after it")),
    )
}

fn too_few() -> Diagnostic {
    Diagnostic::error("E274", "there is nothing to squash: it takes two migrations").help(
        "name the first and the last of those that are to become one, the earlier first; `showmigrations` lists them",
    )
}

/// A function that two of the migrations call: in one migration both calls would have to find the same models.
fn called_twice(operations: &[Operation]) -> Option<Diagnostic> {
    let ids = operations.iter().filter_map(|operation| match operation {
        Operation::RunRust { run, .. } => Some(run),
        _ => None,
    });
    let mut seen = BTreeSet::new();
    let id = ids.into_iter().find(|id| !seen.insert(*id))?;
    Some(
        Diagnostic::error("E278", format!("two of the migrations call `{id}`"))
            .note("in one migration both calls would have to find the same models")
            .help(
                "squash up to the one and from the other, or say `elidable = true` where new databases do not need it",
            ),
    )
}

fn elsewhere(first: &MigrationRef, last: &MigrationRef) -> Diagnostic {
    let message =
        format!("no one migration would leave what `{first}` to `{last}` leave without what is `elidable` in them");
    Diagnostic::error("E275", message)
        .note("something that is left out has an effect on the models, or what comes behind needs it")
        .help("take `elidable` away from what changes models, or squash up to it and from the one behind it")
}
