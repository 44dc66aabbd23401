//! What a table brings along into another schema: names that are free there.

use std::collections::BTreeSet;

use super::super::TableChange;
use super::super::names::temporary;
use super::super::settle::Settling;
use super::renames::{Named, renamed};
use super::{Phase, Plan, primary_key};
use crate::ddl::Alter;
use crate::name::split_table;
use crate::schema::Table;

/// Gives what goes along a name that nothing has, wherever its own may be taken in the other schema, also by a table that nothing
/// here speaks of; it gets its final one when everything is there.
///
/// <https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-SCHEMA>
pub(super) fn away(changes: &[TableChange], settling: &mut Settling, plan: &mut Plan<'_>) {
    if !plan.facts().schemas {
        return;
    }
    let tables = || changes.iter().flat_map(|change| [&change.previous, &change.next]).flatten();
    let mut taken: BTreeSet<String> = tables().flat_map(named).map(|(_, name)| name).collect();
    taken.extend(tables().map(|table| split_table(&table.name).1.to_owned()));
    for change in changes {
        let (Some(previous), Some(next)) = (&change.previous, &change.next) else { continue };
        if schema(previous) == schema(next) {
            continue;
        }
        let own: BTreeSet<String> = named(next).into_iter().map(|(_, name)| name).collect();
        for (kind, name) in named(previous) {
            // What keeps its name is alone with it in the end, and so can only meet what changes as well.
            if own.contains(&name) && !meets(&name, next, changes) {
                continue;
            }
            let between = temporary(&name, &taken);
            taken.insert(between.clone());
            plan.alter(
                Phase::Away,
                renamed(kind, previous.name.clone(), (name.clone(), between.clone()), plan.facts()),
            );
            match settling.tables.get_mut(&next.name) {
                Some(settled) if name != primary_key(previous) => settle(settled, &name, &between),
                _ => {
                    plan.keys.insert(next.name.clone(), between);
                }
            }
        }
    }
}

/// Before a table goes to another schema, the sequences of its columns make way; what they are called only the database knows.
pub(super) fn sequences(from: &str, to: &str, settling: &Settling, plan: &mut Plan<'_>) {
    let schema = split_table(to).0;
    let Some(table) = settling.tables.get(to).filter(|_| plan.facts().schemas && split_table(from).0 != schema) else {
        return;
    };
    for column in table.columns.iter().filter(|column| column.auto) {
        let settled = settling.former.get(to).map_or_else(|| column.name.clone(), |names| names.column(&column.name));
        let (table, schema) = (from.to_owned(), schema.map(str::to_owned));
        plan.alter(Phase::Renames, Alter::FreeSequence { table, column: settled, schema });
    }
}

/// True for a name that is there before in the schema that the table goes to.
fn meets(name: &str, to: &Table, changes: &[TableChange]) -> bool {
    let mut there =
        changes.iter().filter_map(|change| change.previous.as_ref()).filter(|table| schema(table) == schema(to));
    there.any(|table| split_table(&table.name).1 == name || named(table).iter().any(|(_, other)| other == name))
}

/// What has a name among the tables of its schema.
fn named(table: &Table) -> Vec<(Named, String)> {
    let key = (!table.primary_key.is_empty()).then(|| (Named::Constraint, primary_key(table)));
    let uniques = table.uniques.iter().filter_map(|unique| unique.name.clone()).map(|name| (Named::Constraint, name));
    let indexes = table.indexes.iter().map(|index| (Named::Index, index.name.clone()));
    key.into_iter().chain(uniques).chain(indexes).collect()
}

fn settle(table: &mut Table, name: &str, between: &str) {
    for unique in table.uniques.iter_mut().filter(|unique| unique.name.as_deref() == Some(name)) {
        unique.name = Some(between.to_owned());
    }
    for index in table.indexes.iter_mut().filter(|index| index.name == name) {
        between.clone_into(&mut index.name);
    }
}

fn schema(table: &Table) -> Option<&str> {
    split_table(&table.name).0
}
