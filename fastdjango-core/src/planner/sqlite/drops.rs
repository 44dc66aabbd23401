//! Tables that go.

use super::super::order::{parents_first, refers};
use super::{Statement, TableChange};
use crate::dialect::ByRebuild;
use crate::migration::Step;
use crate::schema::Table;

/// The drops, children first.
///
/// With foreign keys on, `DROP TABLE` first deletes every row, and that reaches the rows that refer to them
/// (<https://www.sqlite.org/foreignkeys.html#fk_schemacommands>); so while a table is referred to, it is dropped with
/// foreign keys off.
pub(super) fn steps(changes: &[TableChange], dialect: &dyn ByRebuild) -> Vec<Step> {
    let mut present: Vec<&Table> = changes.iter().filter_map(|change| change.previous.as_ref()).collect();
    let gone = changes.iter().filter(|change| change.next.is_none()).filter_map(|change| change.previous.as_ref());
    let mut steps = Vec::new();
    for table in parents_first(gone).into_iter().rev() {
        let statement = dialect.render(&Statement::DropTable { table: table.name.clone() });
        let referred = present.iter().any(|other| refers(other, table)) || refers_to_itself(table);
        steps.push(if referred {
            Step::Drop { drop: table.name.clone(), sql: statement }
        } else {
            Step::Sql(statement)
        });
        present.retain(|other| other.name != table.name);
    }
    steps
}

fn refers_to_itself(table: &Table) -> bool {
    table.foreign_keys.iter().any(|key| key.to_table == table.name)
}
