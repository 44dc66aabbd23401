//! Indexes.

use super::super::alteration::{Alteration, normal};
use super::remade::Remade;
use super::renames::{Named, wait};
use super::{Phase, Plan};
use crate::ddl::{Alter, Statement};
use crate::schema::{Difference, Index};

/// Drops, renames and creates the indexes of a table.
pub(super) fn change(alteration: &Alteration<'_>, remade: &Remade, plan: &mut Plan<'_>) {
    let table = &alteration.next.name;
    for difference in &alteration.differences {
        match difference {
            Difference::UnknownIndex { index, .. } => drop(alteration, index, remade, plan),
            Difference::MissingIndex { index, .. } => create(alteration, index, plan),
            Difference::ChangedIndex { indexes, .. } => {
                drop(alteration, &indexes.previous, remade, plan);
                create(alteration, &indexes.next, plan);
            }
            Difference::RenamedIndex { indexes, .. } if remade.is_index(table, &indexes.next) => {
                drop(alteration, &indexes.previous, remade, plan);
                create(alteration, &indexes.next, plan);
            }
            Difference::RenamedIndex { indexes, .. } => {
                wait(Named::Index, table, Some(&indexes.previous.name), Some(&indexes.next.name), plan);
            }
            _ => {}
        }
    }
    // Those that serve foreign keys as well, which only the catalog speaks of.
    let catalog = normal(alteration.next, plan.dialect);
    let own = |index: &Index| alteration.next.indexes.iter().any(|own| own.name == index.name);
    let served = catalog.indexes.iter().filter(|index| !own(index));
    let staying = |index: &&Index| remade.is_index(table, index) && !is_named(alteration, &index.name);
    for index in alteration.next.indexes.iter().chain(served).filter(staying) {
        drop(alteration, index, remade, plan);
        create(alteration, index, plan);
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

/// Where more than indexes changes, an index goes first, and in the transaction: a column may have to go after it.
fn drop(alteration: &Alteration<'_>, index: &Index, remade: &Remade, plan: &mut Plan<'_>) {
    let of_index = |difference: &Difference| {
        matches!(
            difference,
            Difference::UnknownIndex { .. } | Difference::MissingIndex { .. } | Difference::ChangedIndex { .. }
        )
    };
    if plan.is_apart(alteration, &index.name) && alteration.differences.iter().all(of_index) {
        let table = alteration.next.name.clone();
        return plan.apart(Alter::RetireIndex { table, index: index.name.clone() });
    }
    let early = remade.is_early_index(&alteration.next.name, index);
    let (phase, table) = alteration.going(early, Phase::IndexesGo);
    plan.statement(phase, Statement::DropIndex { table, index: index.name.clone() });
}

/// Creates the index as the model says it; one that only the catalog speaks of, as the catalog does.
fn create(alteration: &Alteration<'_>, index: &Index, plan: &mut Plan<'_>) {
    let own = alteration.next.indexes.iter().find(|own| own.name == index.name);
    let (table, index) = (alteration.next.name.clone(), Box::new(own.unwrap_or(index).clone()));
    if plan.is_apart(alteration, &index.name) {
        plan.apart(Alter::BuildIndex { table, index });
    } else {
        plan.statement(Phase::Indexes, Statement::CreateIndex { table, index });
    }
}
