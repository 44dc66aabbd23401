//! A squash: the migrations of one line as one, which a new database runs and others count as applied.

use std::collections::BTreeSet;

use super::{Graph, Migration, advance};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::{AppLabel, MigrationName, MigrationRef, ModelRef, shorten};
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
/// It leaves the very state that they leave, down to the order of fields: whatever comes behind was rendered from that. Where that
/// cannot be had, it is refused.
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
    let needed = operations.iter().filter(|operation| !operation.is_elidable()).cloned().collect();
    let mut fewer = optimize(&first.app, needed);
    for operation in &mut fewer {
        as_left(operation, &first.app, &after);
    }
    if let Some(fault) = called_twice(&fewer) {
        return Err(fault.into());
    }
    let operations = Pair::new(operations.len(), fewer.len());
    let inside = |name: &&MigrationRef| range.iter().any(|migration| migration.reference() == **name);
    // Under the names of the files that are there: a dependency on a part of another squash is one on that.
    let outside = |names: &dyn Fn(&Migration) -> Vec<MigrationRef>| -> Vec<MigrationRef> {
        let all: BTreeSet<MigrationRef> = range.iter().flat_map(|migration| names(migration)).collect();
        all.into_iter().filter(|name| !inside(&name)).collect()
    };
    let migration = Migration {
        dependencies: outside(&|migration| graph.parents(&migration.reference())),
        before: outside(&|migration| migration.before.clone()),
        replaces: range.iter().map(|migration| migration.reference()).collect(),
        atomic: range.iter().all(|migration| migration.atomic),
        ..Migration::new(first.app.clone(), name(&first.name, &last.name), fewer)
    };
    let mut reached = before.clone();
    advance(&mut reached, [&migration])?;
    if reached == after { Ok(Squash { migration, operations }) } else { Err(elsewhere(&migration).into()) }
}

/// A model that is made here has its fields, indexes and constraints in the order in which the migrations left them.
fn as_left(operation: &mut Operation, app: &AppLabel, after: &ProjectState) {
    let Operation::CreateModel { model, definition } = operation else { return };
    let Some(left) = after.models.get(&ModelRef::new(app.clone(), model.clone())) else { return };
    definition.fields.sort_by_key(|field| left.fields.iter().position(|other| other.name == field.name));
    definition.indexes.sort_by_key(|index| left.indexes.iter().position(|other| other.name == index.name));
    definition.constraints.sort_by_key(|item| left.constraints.iter().position(|other| other.name == item.name));
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

fn elsewhere(migration: &Migration) -> Diagnostic {
    let message = format!("`{}` would not leave what the migrations leave that it stands for", migration.reference());
    Diagnostic::error("E275", message)
        .note("the order of fields or of indexes would be another, and whatever comes behind was rendered from that")
        .help("squash fewer of them, or more")
}
