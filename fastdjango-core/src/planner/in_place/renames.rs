//! Names: tables and columns by the settling, and what takes its name from a table.

use std::collections::{BTreeMap, BTreeSet};

use super::super::TableChange;
use super::super::alteration::Alteration;
use super::super::names::in_order;
use super::super::settle::Settling;
use super::columns::is_kept;
use super::remade::Remade;
use super::{Done, Phase, Plan, along, primary_key};
use crate::ddl::{Alter, Change, ConstraintKind, Statement};
use crate::dialect::Capabilities;
use crate::name::split_table;
use crate::schema::{Check, Column};

/// What gets another name and has an index of that name: one set of names for a whole schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// An index.
    Index,
    /// A constraint that an index serves.
    Constraint,
}

/// The renames of what has an index, until all of them are known: one may wait for the name of another.
pub(super) type Waiting = Vec<(Named, String, String, String)>;

/// The renames of tables and columns; a primary key is called after its table.
pub(super) fn renames(
    changes: &[TableChange],
    alterations: &[Alteration<'_>],
    settling: &Settling,
    remade: &Remade,
    plan: &mut Plan<'_>,
) {
    let mut gone = gone_before(alterations, remade);
    for rename in &settling.renames {
        if let Statement::RenameColumn { table, from, to } = rename
            && gone.contains(&(table.clone(), from.clone()))
        {
            gone.insert((table.clone(), to.clone()));
            continue;
        }
        if let Statement::RenameTable { from, to } = rename {
            along::sequences(from, to, settling, plan);
        }
        plan.statement(Phase::Renames, rename.clone());
    }
    let named = plan.facts().named_primary_keys;
    for change in changes.iter().filter(|_| named) {
        let (Some(previous), Some(next)) = (&change.previous, &change.next) else { continue };
        if !previous.primary_key.is_empty() {
            let key = plan.keys.remove(&next.name).unwrap_or_else(|| primary_key(previous));
            wait(Named::Constraint, &next.name, Some(&key), Some(&primary_key(next)), plan);
        }
    }
}

/// The columns that stood in the way of a rename, by their tables and the names of before: they are there no longer.
fn gone_before(alterations: &[Alteration<'_>], remade: &Remade) -> BTreeSet<(String, String)> {
    let mut gone = BTreeSet::new();
    for alteration in alterations {
        let table = &alteration.next.name;
        let early = |column: &Column| remade.is_early(table, &column.name) && !is_kept(alteration, column);
        let renamed = alteration.renamed().filter(|(_, after)| early(after));
        gone.extend(renamed.map(|(before, _)| (table.clone(), before.name.clone())));
    }
    gone
}

/// Renames what has an index, once all such renames are known.
pub(super) fn wait(named: Named, table: &str, from: Option<&String>, to: Option<&String>, plan: &mut Plan<'_>) {
    if let (Some(from), Some(to)) = (from, to)
        && from != to
    {
        plan.waiting.push((named, table.to_owned(), from.clone(), to.clone()));
    }
}

/// Renames a constraint whose name only its table knows.
pub(super) fn constraint(table: &str, from: Option<&String>, to: Option<&String>, plan: &mut Plan<'_>) {
    if let (Some(from), Some(to)) = (from, to)
        && from != to
    {
        let rename = Alter::RenameConstraint { table: table.to_owned(), from: from.clone(), to: to.clone() };
        plan.alter(Phase::Renames, rename);
    }
}

/// Makes the renames that waited, each when its name is free; a unique constraint that has no name of its own has its index's.
pub(super) fn made(alterations: &[Alteration<'_>], plan: &mut Plan<'_>) {
    let mut waiting = std::mem::take(&mut plan.waiting);
    if plan.facts().shared_index_names {
        let wanted: BTreeSet<(Option<&str>, &str)> =
            waiting.iter().map(|(_, table, _, to)| (split_table(table).0, to.as_str())).collect();
        give_way(|table, name, _| wanted.contains(&(split_table(table).0, name)), alterations, plan);
    }
    if !plan.facts().checks_per_table {
        let takers = checks_that_come(plan);
        let taken = |table: &str, name: &str| takers.iter().any(|(other, taken)| taken == name && other != table);
        give_way(|table, name, is_check| is_check && taken(table, name), alterations, plan);
    }
    while let Some((_, first, _, _)) = waiting.first() {
        // Each schema has names of its own.
        let schema = split_table(first).0.map(str::to_owned);
        let (own, rest) = waiting.into_iter().partition(|(_, table, _, _)| split_table(table).0 == schema.as_deref());
        of_schema(own, plan);
        waiting = rest;
    }
}

/// The names of checks that come, each after its table.
fn checks_that_come(plan: &Plan<'_>) -> BTreeSet<(String, String)> {
    let named = |table: &str, check: &Check| Some((table.to_owned(), check.name.clone()?));
    let of = |done: &Done| match done {
        Done::Change(Change::Alter(Alter::AddCheck { table, check })) => named(table, check).into_iter().collect(),
        Done::Change(Change::Statement(Statement::CreateTable(table))) => {
            table.checks.iter().filter_map(|check| named(&table.name, check)).collect()
        }
        _ => Vec::new(),
    };
    plan.done.iter().flat_map(|(_, _, done)| of(done)).collect()
}

/// What goes from one table, and has a name that is `wanted` by something of another, goes before: under the names of before.
fn give_way(wanted: impl Fn(&str, &str, bool) -> bool, alterations: &[Alteration<'_>], plan: &mut Plan<'_>) {
    let former: BTreeMap<&str, &str> =
        alterations.iter().map(|of| (of.next.name.as_str(), of.previous.name.as_str())).collect();
    for (phase, _, done) in &mut plan.done {
        let (table, name, is_check) = match (*phase, done) {
            (Phase::IndexesGo, Done::Change(Change::Statement(Statement::DropIndex { table, index }))) => {
                (table, index, false)
            }
            (Phase::ConstraintsGo, Done::Change(Change::Alter(Alter::DropConstraint { table, name, kind }))) => {
                (table, name, matches!(kind, ConstraintKind::Check))
            }
            _ => continue,
        };
        let schema = split_table(table).0;
        if let Some(before) = former.get(table.as_str()).filter(|before| split_table(before).0 == schema)
            && wanted(table, name, is_check)
        {
            *phase = Phase::BeforeRenames;
            (*before).clone_into(table);
        }
    }
}

fn of_schema(waiting: Waiting, plan: &mut Plan<'_>) {
    let taken: BTreeSet<String> = waiting.iter().flat_map(|(_, _, from, to)| [from.clone(), to.clone()]).collect();
    let mut things: BTreeMap<String, (Named, String)> =
        waiting.iter().map(|(named, table, from, _)| (from.clone(), (*named, table.clone()))).collect();
    let pairs = waiting.into_iter().map(|(_, _, from, to)| (from, to)).collect();
    for (from, to) in in_order(pairs, &taken) {
        let Some((named, table)) = things.remove(&from) else { continue };
        things.insert(to.clone(), (named, table.clone()));
        plan.alter(Phase::Renames, renamed(named, table, (from, to), plan.facts()));
    }
}

/// The other name of what has an index.
pub(super) fn renamed(named: Named, table: String, (from, to): (String, String), facts: &Capabilities) -> Alter {
    match named {
        Named::Constraint if facts.renamed_constraints => Alter::RenameConstraint { table, from, to },
        Named::Index | Named::Constraint => Alter::RenameIndex { table, from, to },
    }
}
