//! Columns that change hands.

use crate::detect::change::{Change, ChangeKind};
use crate::detect::pending::{Ask, Pending};
use crate::detect::ready::other_holder;
use crate::detect::schedule::Work;
use crate::name::{AppLabel, FieldName, ModelRef};
use crate::state::{FieldState, ModelState, ProjectState};

/// Lets a field whose column another one waits for stop over at a name that no column has.
pub(super) fn move_aside(work: &mut Work<'_>, target: &ProjectState, app: Option<&AppLabel>) -> bool {
    let found = work.first(Ask::Column, app, |work, change| {
        let here = work.state.models.get(&change.model)?;
        let holder = holder(change, here, target, &work.pending)?;
        let last = last_name(&change.model, &holder, &work.pending);
        let moves =
            last != holder || work.pending.of(&change.model).any(|other| other.decides_field(&change.model, &last));
        moves.then(|| (change.model.clone(), holder, last))
    });
    let Some((_, (model, holder, last))) = found else { return false };
    if target.models.get(&model).is_some_and(|there| there.field(&last).is_some()) {
        work.add(Change::alter_field(&model, &last));
    }
    work.add(Change::new(&model, ChangeKind::MoveAside { field: holder }))
}

/// The field whose column the change waits for.
fn holder(change: &Change, here: &ModelState, target: &ProjectState, pending: &Pending) -> Option<FieldName> {
    let there = target.models.get(&change.model)?;
    let holder = match &change.kind {
        ChangeKind::RenameField { from, to } if here.field(to).is_none() => {
            let renamed = FieldState { name: to.clone(), ..here.field(from)?.clone() };
            let takes = there.field(to)?.column_name() == renamed.column_name();
            other_holder(here, from, &renamed).filter(|_| takes)
        }
        // Under the name of a field that has yet to be renamed stands another one, or none.
        ChangeKind::AlterField { field, .. } | ChangeKind::AddField { field, .. }
            if !pending.of(&change.model).any(|other| other.renames_field(&change.model, field)) =>
        {
            other_holder(here, field, there.field(field)?)
        }
        _ => None,
    };
    holder.map(|field| field.name.clone())
}

/// The name that the field will have once the renames that wait have been made, in their order.
fn last_name(model: &ModelRef, field: &FieldName, pending: &Pending) -> FieldName {
    let renames = pending.of(model).filter_map(|change| match &change.kind {
        ChangeKind::RenameField { from, to } => Some((from, to)),
        _ => None,
    });
    renames.fold(field, |name, (from, to)| if from == name { to } else { name }).clone()
}
