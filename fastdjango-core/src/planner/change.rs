//! What happens to each table.

use std::collections::{BTreeMap, BTreeSet};

use super::lineage::{Lineage, Origin};
use crate::diagnostic::Diagnostics;
use crate::field::{Default, Sql};
use crate::name::{FieldName, ModelRef};
use crate::pair::Pair;
use crate::schema::{Identity, Lowered, Table, lower};
use crate::state::ProjectState;

/// A table before and after; `None` where it is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableChange {
    /// What it is the table of, afterwards if it is there then.
    pub identity: Identity,
    /// The table before.
    pub previous: Option<Table>,
    /// The table after.
    pub next: Option<Table>,
    /// Where each column of the table after comes from, in its order.
    pub columns: Vec<ColumnOrigin>,
    /// The indexes, before and after, that come and go while the table is in use, where the database can.
    pub concurrently: BTreeSet<String>,
}

/// Where a column comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnOrigin {
    /// The field that it holds; of a join table `from` or `to`.
    pub field: FieldName,
    /// The column.
    pub name: String,
    /// Its name before; `None` for a new one.
    pub previous: Option<String>,
    /// The value of rows that have none.
    pub fill: Option<Default>,
    /// What makes the value of every row, by the old one; else the database converts it.
    pub using: Option<Sql>,
    /// The texts of the enum that it is afterwards; empty where it is none.
    pub values: Vec<String>,
    /// The new text of each that is called otherwise from now on, where it was of the enum before.
    pub renamed: BTreeMap<String, String>,
}

/// Pairs the tables of two states by what they are the tables of; only those of `touched` models.
pub(super) fn changes(
    states: Pair<&ProjectState>,
    touched: &BTreeSet<ModelRef>,
    lineage: &Lineage,
) -> Result<Vec<TableChange>, Diagnostics> {
    let previous = lower(states.previous, touched)?;
    let next = lower(states.next, touched)?;
    let mut left: BTreeMap<Identity, Lowered> = previous.into_iter().map(|l| (l.identity.clone(), l)).collect();
    let mut changes = Vec::new();
    for lowered in next {
        let before = previous_identity(&lowered.identity, lineage).and_then(|identity| left.remove(&identity));
        let mut change = pair(before, lowered, lineage);
        let models = [lineage.previous_model(change.identity.model()), Some(change.identity.model().clone())];
        for (state, model) in [states.previous, states.next].into_iter().zip(models) {
            change.concurrently.extend(model.iter().flat_map(|model| concurrently(state, model)));
        }
        changes.push(change);
    }
    let gone = left.into_values().map(|lowered| TableChange {
        identity: lowered.identity,
        previous: Some(lowered.table),
        next: None,
        columns: Vec::new(),
        concurrently: BTreeSet::new(),
    });
    changes.extend(gone);
    Ok(changes)
}

/// The names of the indexes that the model wants built while its table is in use.
fn concurrently(state: &ProjectState, model: &ModelRef) -> Vec<String> {
    let indexes = state.models.get(model).map(|model| model.indexes.as_slice()).unwrap_or_default();
    indexes.iter().filter(|index| index.concurrently).filter_map(|index| index.name.clone()).collect()
}

fn previous_identity(identity: &Identity, lineage: &Lineage) -> Option<Identity> {
    let model = lineage.previous_model(identity.model())?;
    match identity {
        Identity::Model(_) => Some(Identity::Model(model)),
        Identity::Join(owner, field) => {
            let field = lineage.origin(owner, field).previous?;
            Some(Identity::Join(model, field))
        }
    }
}

fn pair(before: Option<Lowered>, after: Lowered, lineage: &Lineage) -> TableChange {
    let fields: BTreeMap<&str, &FieldName> = after.columns.iter().map(|(f, column)| (column.as_str(), f)).collect();
    let columns = after.table.columns.iter().map(|column| {
        let field = fields.get(column.name.as_str()).map_or_else(|| column.name.as_str().into(), |f| (*f).clone());
        let origin = match &after.identity {
            Identity::Model(model) => lineage.origin(model, &field),
            Identity::Join(..) => Origin { previous: Some(field.clone()), ..Origin::default() },
        };
        let previous = origin.previous.and_then(|field| before.as_ref()?.columns.get(&field).cloned());
        ColumnOrigin {
            field,
            name: column.name.clone(),
            previous,
            fill: origin.fill,
            using: origin.using,
            values: Vec::new(),
            renamed: BTreeMap::new(),
        }
    });
    let columns = columns.collect();
    let previous = before.map(|lowered| lowered.table);
    TableChange { identity: after.identity, previous, next: Some(after.table), columns, concurrently: BTreeSet::new() }
}
