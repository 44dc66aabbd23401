//! Names: tables and columns by the settling, and what takes its name from a table.

use super::super::TableChange;
use super::super::settle::Settling;
use super::{Phase, Plan, primary_key};
use crate::ddl::Alter;

/// The renames of tables and columns; a primary key is called after its table.
pub(super) fn renames(changes: &[TableChange], settling: &Settling, plan: &mut Plan<'_>) {
    for rename in &settling.renames {
        plan.statement(Phase::Renames, rename);
    }
    for change in changes {
        let (Some(previous), Some(next)) = (&change.previous, &change.next) else { continue };
        if !previous.primary_key.is_empty() {
            constraint(&next.name, Some(&primary_key(previous)), Some(&primary_key(next)), plan);
        }
    }
}

/// Renames a constraint where its name differs.
pub(super) fn constraint(table: &str, from: Option<&String>, to: Option<&String>, plan: &mut Plan<'_>) {
    if let (Some(from), Some(to)) = (from, to)
        && from != to
    {
        let rename = Alter::RenameConstraint { table: table.to_owned(), from: from.clone(), to: to.clone() };
        plan.alter(Phase::Renames, &rename);
    }
}
