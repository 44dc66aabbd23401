//! New tables.

use super::super::TableChange;
use super::super::alteration::{Alteration, normal};
use super::super::order::parents_first;
use super::{Phase, Plan, columns, keys};
use crate::ddl::{Alter, Statement};
use crate::schema::{Check, ForeignKey, Index, Table, Unique};

/// Creates the new tables, each with the foreign keys whose targets are as they shall be by then.
pub(super) fn tables(changes: &[TableChange], alterations: &[Alteration<'_>], plan: &mut Plan<'_>) {
    let whole = plan.facts().whole_definitions;
    let new = changes.iter().filter(|c| c.previous.is_none()).filter_map(|c| c.next.as_ref());
    let mut waiting: Vec<&Table> = parents_first(new);
    while !waiting.is_empty() {
        let table = waiting.remove(0);
        let later = |key: &ForeignKey| {
            alterations.iter().any(|alteration| alteration.next.name == key.to_table)
                || waiting.iter().any(|other| other.name == key.to_table)
        };
        let (later, foreign_keys): (Vec<_>, Vec<_>) = table.foreign_keys.iter().cloned().partition(later);
        let (merged, uniques): (Vec<_>, Vec<_>) =
            table.uniques.iter().cloned().partition(|u| !whole && is_merged(u, table));
        // Checks share their names across the tables of MySQL: https://dev.mysql.com/doc/refman/8.0/en/create-table-check-constraints.html
        let (taken, checks): (Vec<_>, Vec<_>) =
            table.checks.iter().cloned().partition(|check| whole && is_taken(check, alterations));
        let indexes = if whole { all_indexes(table, plan) } else { table.indexes.clone() };
        let columns = columns::defined_before(table.columns.iter().collect()).into_iter().cloned().collect();
        let created = Table { columns, foreign_keys, uniques, checks, indexes, ..table.clone() };
        plan.statement(Phase::Tables, Statement::CreateTable(Box::new(created)));
        for key in &later {
            keys::add(&table.name, key, plan);
        }
        for check in taken {
            plan.alter(Phase::ForeignKeys, Alter::AddCheck { table: table.name.clone(), check });
        }
        for unique in merged {
            plan.alter(Phase::Constraints, Alter::AddUnique { table: table.name.clone(), unique });
        }
        if !whole {
            leaning(table, plan);
        }
    }
}

/// True for what the primary key keeps unique already: within one statement, `PostgreSQL` makes one constraint of the two.
fn is_merged(unique: &Unique, table: &Table) -> bool {
    unique.columns == table.primary_key
}

/// The indexes that the model asks for, and those that only the catalog speaks of.
fn all_indexes(table: &Table, plan: &Plan<'_>) -> Vec<Index> {
    let known = |index: &Index| table.indexes.iter().any(|own| own.name == index.name);
    let other = normal(table, plan.dialect).indexes.into_iter().filter(|index| !known(index));
    table.indexes.iter().cloned().chain(other).collect()
}

/// What comes after a table's own statement, where it is not in it.
fn leaning(table: &Table, plan: &mut Plan<'_>) {
    let name = &table.name;
    for index in &table.indexes {
        let create = Statement::CreateIndex { table: name.clone(), index: Box::new(index.clone()) };
        plan.statement(Phase::Indexes, create);
    }
    if table.comment.is_some() {
        let comment = Alter::TableComment { table: name.clone(), comment: table.comment.clone() };
        plan.alter(Phase::Comments, comment);
    }
    for column in table.columns.iter().filter(|column| column.comment.is_some()) {
        columns::comment(name, column, plan);
    }
}

/// True for a name that a check of another table has until that table's turn to change comes.
fn is_taken(check: &Check, alterations: &[Alteration<'_>]) -> bool {
    let Some(name) = &check.name else { return false };
    let mut others = alterations.iter().flat_map(|alteration| &alteration.settled.checks);
    others.any(|other| other.name.as_ref().is_some_and(|other| other.eq_ignore_ascii_case(name)))
}
