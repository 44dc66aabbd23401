//! Operations that hold others, for the state alone or for the database alone.

use std::collections::BTreeSet;

use super::apply::misfit;
use super::{Operation, Subject, Touched, Values, reverse_all};
use crate::diagnostic::Diagnostic;
use crate::name::AppLabel;
use crate::state::ProjectState;

impl Operation {
    /// The operations that this one holds; none for every other.
    #[must_use]
    pub fn nested(&self) -> &[Operation] {
        match self {
            Self::StateOnly { operations } | Self::DatabaseOnly { operations } => operations,
            _ => &[],
        }
    }
}

impl Operation {
    /// The operations that only the database hears of; none for every other.
    #[must_use]
    pub fn for_the_database(&self) -> Option<&[Operation]> {
        if let Self::DatabaseOnly { operations } = self { Some(operations) } else { None }
    }
}

/// Refuses operations that would do nothing inside another: SQL in what only the state hears of, and what changes nothing but the
/// state in what only the database does.
pub(super) fn are_of_use(outer: &Operation) -> Result<(), Diagnostic> {
    for operation in outer.nested() {
        let idle = match (outer, operation) {
            (Operation::StateOnly { .. }, Operation::RunSql { .. }) => "run_sql",
            (Operation::StateOnly { .. }, Operation::RunRust { .. }) => "run_rust",
            (Operation::DatabaseOnly { .. }, Operation::SetManaged { .. }) => "set_managed",
            (_, Operation::StateOnly { .. }) => "state_only",
            (_, Operation::DatabaseOnly { .. }) => "database_only",
            _ => continue,
        };
        return Err(misfit(format!("`{idle}` inside of `state_only` or `database_only` would do nothing")));
    }
    Ok(())
}

/// The state that operations for the database alone lead from, where the state is `state` before and after them.
///
/// On the way there it is that state; on the way back they lead to it, from what their reverse makes of it.
pub fn leads_from(app: &AppLabel, operations: &[Operation], state: &ProjectState) -> Result<ProjectState, Diagnostic> {
    let Err(misfit) = apply_all(app, operations.iter(), state) else { return Ok(state.clone()) };
    reverse_all(operations).and_then(|reversed| apply_all(app, reversed.iter(), state).ok()).ok_or(misfit)
}

fn apply_all<'a>(
    app: &AppLabel,
    mut operations: impl Iterator<Item = &'a Operation>,
    state: &ProjectState,
) -> Result<ProjectState, Diagnostic> {
    let mut state = state.clone();
    operations.try_for_each(|operation| operation.apply(app, &mut state))?;
    Ok(state)
}

/// Each operation with the state before it; as far as they fit.
fn walk(
    app: &AppLabel,
    operations: &[Operation],
    before: &ProjectState,
    mut each: impl FnMut(&Operation, &ProjectState),
) {
    let mut state = leads_from(app, operations, before).unwrap_or_else(|_| before.clone());
    for operation in operations {
        each(operation, &state);
        if operation.apply(app, &mut state).is_err() {
            return;
        }
    }
}

pub(super) fn touches(app: &AppLabel, operations: &[Operation], before: &ProjectState) -> Touched {
    let mut touched = Touched::default();
    walk(app, operations, before, |operation, state| touched.extend(operation.touches(app, state)));
    touched
}

pub(super) fn subjects(app: &AppLabel, operations: &[Operation]) -> BTreeSet<Subject> {
    operations.iter().flat_map(|operation| operation.subjects(app)).collect()
}

pub(super) fn values(app: &AppLabel, operations: &[Operation], before: &ProjectState) -> Values {
    let mut values = Values::default();
    walk(app, operations, before, |operation, state| {
        let Values { reads, changes } = operation.values(app, state);
        values.reads.extend(reads);
        values.changes.extend(changes);
    });
    values
}
