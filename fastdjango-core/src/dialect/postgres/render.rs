//! Statements to text.
//!
//! All of it is our own: sea-query does not escape the names of indexes, unique constraints and foreign keys.

use super::WORDS;
use super::alter::rename_table;
use super::quote::{beside, quote, quote_table};
use super::table::{create_index, create_table, definition};
use crate::ddl::Statement;

/// The statement as `PostgreSQL` reads it.
pub(super) fn render(statement: &Statement) -> String {
    match statement {
        Statement::CreateTable(table) => create_table(table),
        Statement::DropTable { table } => format!("DROP TABLE {}", quote_table(table)),
        Statement::RenameTable { from, to } => rename_table(from, to).join(";\n"),
        // What constrains the column comes by statements of its own.
        Statement::AddColumn { table, column, .. } => {
            format!("ALTER TABLE {} ADD COLUMN {}", quote_table(table), definition(column))
        }
        Statement::DropColumn { table, column } => {
            format!("ALTER TABLE {} DROP COLUMN {}", quote_table(table), quote(column))
        }
        Statement::RenameColumn { table, from, to } => {
            format!("ALTER TABLE {} RENAME COLUMN {} TO {}", quote_table(table), quote(from), quote(to))
        }
        Statement::CreateIndex { table, index } => create_index(table, index, "INDEX"),
        Statement::DropIndex { table, index } => format!("DROP INDEX {}", beside(table, index)),
        Statement::Pair(pairs) => WORDS.pairs(pairs),
        Statement::Count { table, condition } => WORDS.count(table, condition),
    }
}
