//! Indexes.

use super::super::alteration::Alteration;
use super::remade::Remade;
use super::renames::{Named, wait};
use super::{Phase, Plan};
use crate::ddl::Statement;
use crate::schema::{Difference, Index};

/// Drops, renames and creates the indexes of a table.
pub(super) fn change(alteration: &Alteration<'_>, remade: &Remade, plan: &mut Plan<'_>) {
    let table = &alteration.next.name;
    for difference in &alteration.differences {
        match difference {
            Difference::UnknownIndex { index, .. } => drop(table, &index.name, plan),
            Difference::MissingIndex { index, .. } => create(alteration, &index.name, plan),
            Difference::ChangedIndex { indexes, .. } => {
                drop(table, &indexes.previous.name, plan);
                create(alteration, &indexes.next.name, plan);
            }
            Difference::RenamedIndex { indexes, .. } if remade.is_index(table, &indexes.next) => {
                drop(table, &indexes.previous.name, plan);
                create(alteration, &indexes.next.name, plan);
            }
            Difference::RenamedIndex { indexes, .. } => {
                wait(Named::Index, table, Some(&indexes.previous.name), Some(&indexes.next.name), plan);
            }
            _ => {}
        }
    }
    let staying = |index: &&Index| remade.is_index(table, index) && !is_named(alteration, &index.name);
    for index in alteration.next.indexes.iter().filter(staying) {
        drop(table, &index.name, plan);
        create(alteration, &index.name, plan);
    }
}

/// True where a difference speaks of the index.
fn is_named(alteration: &Alteration<'_>, name: &str) -> bool {
    alteration.differences.iter().any(|difference| match difference {
        Difference::UnknownIndex { index, .. } | Difference::MissingIndex { index, .. } => index.name == name,
        Difference::ChangedIndex { indexes, .. } | Difference::RenamedIndex { indexes, .. } => {
            indexes.next.name == name
        }
        _ => false,
    })
}

fn drop(table: &str, index: &str, plan: &mut Plan<'_>) {
    let drop = Statement::DropIndex { table: table.to_owned(), index: index.to_owned() };
    plan.statement(Phase::IndexesGo, &drop);
}

/// Creates the index as the model says it.
fn create(alteration: &Alteration<'_>, name: &str, plan: &mut Plan<'_>) {
    if let Some(index) = alteration.next.indexes.iter().find(|index| index.name == name) {
        let table = alteration.next.name.clone();
        plan.statement(Phase::Indexes, &Statement::CreateIndex { table, index: Box::new(index.clone()) });
    }
}
