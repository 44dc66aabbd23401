//! Statements to text.
//!
//! sea-query writes what it writes rightly; definitions and indexes are our own, since it does not escape the names of indexes,
//! unique constraints and foreign keys.

use sea_query::{Alias, PostgresQueryBuilder};

use super::WORDS;
use super::quote::quote;
use super::table::{create_index, create_table, definition};
use crate::ddl::Statement;

/// The statement as `PostgreSQL` reads it.
pub(super) fn render(statement: &Statement) -> String {
    match statement {
        Statement::CreateTable(table) => create_table(table),
        Statement::DropTable { table } => {
            sea_query::Table::drop().table(Alias::new(table)).to_string(PostgresQueryBuilder)
        }
        Statement::RenameTable { from, to } => {
            sea_query::Table::rename().table(Alias::new(from), Alias::new(to)).to_string(PostgresQueryBuilder)
        }
        // What constrains the column comes by statements of its own.
        Statement::AddColumn { table, column, .. } => {
            format!("ALTER TABLE {} ADD COLUMN {}", quote(table), definition(column))
        }
        Statement::DropColumn { table, column } => sea_query::Table::alter()
            .table(Alias::new(table))
            .drop_column(Alias::new(column))
            .to_string(PostgresQueryBuilder),
        Statement::RenameColumn { table, from, to } => sea_query::Table::alter()
            .table(Alias::new(table))
            .rename_column(Alias::new(from), Alias::new(to))
            .to_string(PostgresQueryBuilder),
        Statement::CreateIndex { table, index } => create_index(table, index, "INDEX"),
        Statement::DropIndex { index, .. } => format!("DROP INDEX {}", quote(index)),
        Statement::Count { table, condition } => WORDS.count(table, condition),
    }
}
