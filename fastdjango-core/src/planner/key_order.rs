//! The columns of a foreign key in the order of the key that it leans on, where a database wants them so.

use std::collections::{BTreeMap, BTreeSet};

use super::TableChange;
use crate::diagnostic::Diagnostics;
use crate::name::ModelRef;
use crate::pair::Pair;
use crate::schema::{ForeignKey, Table, lower};
use crate::state::{ConstraintKind, ProjectState};

/// Writes every composite foreign key in the order of its target's key, before and after.
///
/// It means the same in every order. `InnoDB` makes it only where an index of the target begins with its columns in this very order:
/// <https://dev.mysql.com/doc/refman/8.0/en/create-table-foreign-keys.html#foreign-key-restrictions>.
pub(super) fn follow_targets(
    changes: &mut [TableChange],
    states: Pair<&ProjectState>,
    touched: &BTreeSet<ModelRef>,
) -> Result<(), Diagnostics> {
    let Pair { previous, next } = states.map(|state| targets(state, touched));
    let (previous, next) = (previous?, next?);
    for change in changes {
        let sides = [(change.previous.as_mut(), &previous), (change.next.as_mut(), &next)];
        for (table, targets) in sides.into_iter().filter_map(|(table, targets)| Some((table?, targets))) {
            for key in &mut table.foreign_keys {
                if let Some(target) = targets.get(&key.to_table) {
                    follow(key, target);
                }
            }
        }
    }
    Ok(())
}

/// What the composite keys of the models refer to, by name.
fn targets(state: &ProjectState, touched: &BTreeSet<ModelRef>) -> Result<BTreeMap<String, Table>, Diagnostics> {
    let models = touched.iter().filter_map(|model| state.models.get(model));
    let referred = models.flat_map(|model| &model.constraints).filter_map(|constraint| match &constraint.kind {
        ConstraintKind::ForeignKey { fields, to, .. } if fields.len() > 1 => Some(to.clone()),
        _ => None,
    });
    let lowered = lower(state, &referred.collect())?;
    Ok(lowered.into_iter().map(|lowered| (lowered.table.name.clone(), lowered.table)).collect())
}

fn follow(key: &mut ForeignKey, target: &Table) {
    let unique_indexes = target.indexes.iter().filter(|index| index.unique && index.condition.is_none());
    let keys = std::iter::once(target.primary_key.clone())
        .chain(target.uniques.iter().map(|unique| unique.columns.clone()))
        .chain(unique_indexes.map(|index| index.columns.iter().map(|column| column.name.clone()).collect()));
    let pairs: BTreeMap<&String, &String> = key.to_columns.iter().zip(&key.columns).collect();
    let same = |columns: &Vec<String>| columns.iter().collect::<BTreeSet<_>>().into_iter().eq(pairs.keys().copied());
    let Some(order) = keys.into_iter().find(same) else { return };
    let columns = order.iter().filter_map(|column| pairs.get(column).map(|own| (*own).clone())).collect();
    (key.columns, key.to_columns) = (columns, order);
}
