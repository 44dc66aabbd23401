//! Statements to text.

use super::quote::quote;
use super::{Mysql, clause, table};
use crate::ddl::{Change, Statement};

/// The statement as the server reads it.
pub(super) fn render(mysql: Mysql, statement: &Statement) -> String {
    match statement {
        Statement::CreateTable(created) => table::create_table(mysql, created),
        Statement::DropTable { table } => format!("DROP TABLE {}", quote(table)),
        Statement::RenameTable { from, to } => format!("ALTER TABLE {} RENAME TO {}", quote(from), quote(to)),
        Statement::Pair(pairs) => mysql.words().pairs(pairs),
        Statement::Count { table, condition } => mysql.words().count(table, condition),
        Statement::AddColumn { .. }
        | Statement::DropColumn { .. }
        | Statement::RenameColumn { .. }
        | Statement::CreateIndex { .. }
        | Statement::DropIndex { .. } => clause::statements(mysql, &[Change::Statement(statement.clone())]).join("; "),
    }
}
