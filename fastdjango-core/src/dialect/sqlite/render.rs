//! Statements to text.
//!
//! sea-query writes what it writes rightly; definitions, indexes, and copies are our own, since it drops the names of
//! foreign keys and does not escape those of indexes.

use sea_query::{Alias, SqliteQueryBuilder};

use super::WORDS;
use super::literal::quoted;
use super::query::copy_rows;
use super::quote::quote;
use super::table::{check, create_index, create_table, definition, named, references};
use crate::ddl::{Rebuild, Statement};
use crate::schema::{Check, Column, ForeignKey};

/// The statement as `SQLite` reads it.
pub(super) fn render(statement: &Statement) -> String {
    match statement {
        Statement::CreateTable(table) => create_table(table),
        Statement::DropTable { table } => {
            sea_query::Table::drop().table(Alias::new(table)).to_string(SqliteQueryBuilder)
        }
        Statement::RenameTable { from, to } => {
            sea_query::Table::rename().table(Alias::new(from), Alias::new(to)).to_string(SqliteQueryBuilder)
        }
        Statement::AddColumn { table, column, foreign_key, checks } => {
            add_column(table, column, foreign_key.as_deref(), checks)
        }
        Statement::DropColumn { table, column } => sea_query::Table::alter()
            .table(Alias::new(table))
            .drop_column(Alias::new(column))
            .to_string(SqliteQueryBuilder),
        Statement::RenameColumn { table, from, to } => sea_query::Table::alter()
            .table(Alias::new(table))
            .rename_column(Alias::new(from), Alias::new(to))
            .to_string(SqliteQueryBuilder),
        Statement::CreateIndex { table, index } => create_index(table, index),
        Statement::DropIndex { index, .. } => format!("DROP INDEX {}", quote(index)),
        Statement::Pair(pairs) => WORDS.pairs(pairs),
        Statement::Count { table, condition } => WORDS.count(table, condition),
    }
}

/// What a rebuild copies.
pub(super) fn rebuild(rebuild: &Rebuild) -> String {
    match rebuild {
        Rebuild::CopyRows { from, to, columns, dropped } => copy_rows(from, to, columns, dropped),
        Rebuild::ForgetCounter { table } => format!("DELETE FROM sqlite_sequence WHERE name = {}", quoted(table)),
        Rebuild::CopyCounter { from, to } => format!(
            "INSERT INTO sqlite_sequence (name, seq)\nSELECT {}, seq FROM sqlite_sequence WHERE name = {}",
            quoted(to),
            quoted(from)
        ),
    }
}

/// <https://www.sqlite.org/lang_altertable.html#altertabaddcol>
fn add_column(table: &str, column: &Column, foreign_key: Option<&ForeignKey>, checks: &[Check]) -> String {
    let mut words = vec![definition(column, false)];
    words.extend(foreign_key.map(|key| named(key.name.as_ref(), &references(key))));
    words.extend(checks.iter().map(check));
    format!("ALTER TABLE {} ADD COLUMN {}", quote(table), words.join(" "))
}
