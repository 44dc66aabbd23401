//! The columns of a foreign key in the order of the key that it leans on, where a database wants them so.

use std::collections::{BTreeMap, BTreeSet};

use super::TableChange;
use crate::diagnostic::Diagnostics;
use crate::name::ModelRef;
use crate::pair::Pair;
use crate::schema::{Table, lower};
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
                    key.follow(target);
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
