//! New tables.

use super::super::TableChange;
use super::super::alteration::{Alteration, normal};
use super::super::order::parents_first;
use super::{Phase, Plan, columns, keys};
use crate::ddl::{Alter, Statement};
use crate::schema::{ForeignKey, Index, Table, Unique};

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
        let indexes = if whole { all_indexes(table, plan) } else { table.indexes.clone() };
        let created = Table { foreign_keys, uniques, indexes, ..table.clone() };
        plan.statement(Phase::Tables, Statement::CreateTable(Box::new(created)));
        for key in &later {
            keys::add(&table.name, key, plan);
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
