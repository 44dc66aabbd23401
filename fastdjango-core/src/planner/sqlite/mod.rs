//! The steps on `SQLite`, which renames, adds, and drops in place, and for the rest wants a new table.
//!
//! Order matters: tables that go free their names; renames then settle every other name, and `SQLite` carries them into
//! the references of other tables (<https://www.sqlite.org/lang_altertable.html#altertabrename>); indexes that go free
//! theirs; only then is anything created or rebuilt, under final names.

mod alter;
mod drops;
mod rebuild;

use super::alteration::alterations;
use super::{TableChange, order, settle};
use crate::ddl::Statement;
use crate::dialect::ByRebuild;
use crate::migration::Step;
use crate::schema::{Index, Table};

/// The steps that make the changes.
pub(super) fn steps(changes: &[TableChange], dialect: &dyn ByRebuild) -> Vec<Step> {
    let settling = settle::settle(changes);
    let alterations = alterations(changes, &settling.tables, dialect);
    let created = order::parents_first(changes.iter().filter(|c| c.previous.is_none()).filter_map(|c| c.next.as_ref()));

    let mut steps = drops::steps(changes, dialect);
    steps.extend(settling.renames.iter().map(|rename| sql(rename, dialect)));
    steps.extend(alter::dropped_indexes(&alterations).iter().map(|drop| sql(drop, dialect)));
    steps.extend(created.iter().flat_map(|table| creation(table)).map(|statement| sql(&statement, dialect)));
    steps.extend(alterations.iter().flat_map(|alteration| alter::steps(alteration, dialect)));
    steps
}

fn creation(table: &Table) -> Vec<Statement> {
    let mut statements = vec![Statement::CreateTable(Box::new(table.clone()))];
    statements.extend(table.indexes.iter().map(|index| create_index(&table.name, index)));
    statements
}

fn create_index(table: &str, index: &Index) -> Statement {
    Statement::CreateIndex { table: table.to_owned(), index: Box::new(index.clone()) }
}

fn sql(statement: &Statement, dialect: &dyn ByRebuild) -> Step {
    Step::Sql(dialect.render(statement))
}
