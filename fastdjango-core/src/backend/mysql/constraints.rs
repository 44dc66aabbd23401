//! Foreign keys and checks of the catalog.
//!
//! <https://dev.mysql.com/doc/refman/8.4/en/information-schema-key-column-usage-table.html>

use std::collections::BTreeMap;

use super::introspect::{some, text};
use super::printed::expression;
use super::session::Session;
use crate::backend::Value;
use crate::backend::fault::Attempt;
use crate::field::{Engine, OnDelete, Sql};
use crate::schema::{Check, CheckExpression, ForeignKey, Table};

/// Reads the constraints of the tables by their names.
pub(super) async fn read(session: &mut Session, tables: &mut BTreeMap<String, Table>) -> Attempt<()> {
    let actions = actions(session).await?;
    let keys = "SELECT table_name, constraint_name, column_name, \
         CASE WHEN referenced_table_schema = table_schema THEN referenced_table_name \
         ELSE CONCAT(referenced_table_schema, '.', referenced_table_name) END, referenced_column_name \
         FROM information_schema.key_column_usage WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL \
         ORDER BY table_name, constraint_name, ordinal_position";
    for row in session.query(keys).await? {
        if let Some(table) = tables.get_mut(&text(&row, 0)) {
            add_key(table, &row, &actions);
        }
    }
    let engine = session.server.engine;
    for row in session.query(checks(engine)).await? {
        if let Some(table) = tables.get_mut(&text(&row, 0)) {
            table.checks.push(check(engine, &row));
        }
    }
    Ok(())
}

/// What happens to referring rows, by table and name of the key.
type Actions = BTreeMap<(String, String), [OnDelete; 2]>;

async fn actions(session: &mut Session) -> Attempt<Actions> {
    let sql = "SELECT table_name, constraint_name, delete_rule, update_rule \
         FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE()";
    let rows = session.query(sql).await?;
    let entry = |row: &Vec<Value>| ((text(row, 0), text(row, 1)), [action(&text(row, 2)), action(&text(row, 3))]);
    Ok(rows.iter().map(entry).collect())
}

fn action(words: &str) -> OnDelete {
    match words {
        "CASCADE" => OnDelete::Cascade,
        "RESTRICT" => OnDelete::Restrict,
        "SET NULL" => OnDelete::SetNull,
        "SET DEFAULT" => OnDelete::SetDefault,
        _ => OnDelete::NoAction,
    }
}

/// Adds a column to its key; those of one key follow each other.
fn add_key(table: &mut Table, row: &[Value], actions: &Actions) {
    let name = some(row, 1);
    let (column, to_column) = (text(row, 2), text(row, 4));
    if let Some(key) = table.foreign_keys.last_mut().filter(|key| key.name == name) {
        key.columns.push(column);
        key.to_columns.push(to_column);
        return;
    }
    let known = actions.get(&(table.name.clone(), text(row, 1))).copied();
    let [on_delete, on_update] = known.unwrap_or([OnDelete::NoAction; 2]);
    table.foreign_keys.push(ForeignKey {
        name,
        columns: vec![column],
        to_table: text(row, 3),
        to_columns: vec![to_column],
        on_delete,
        on_update,
        deferrable: None,
    });
}

/// The name of a check is one of the whole database on `MySQL`, and of its table on `MariaDB`, which also lists those that
/// stand behind a column, under the name of that.
fn checks(engine: Engine) -> &'static str {
    match engine {
        Engine::Mariadb => {
            "SELECT table_name, CASE level WHEN 'Table' THEN constraint_name END, check_clause, 'YES' \
             FROM information_schema.check_constraints WHERE constraint_schema = DATABASE() ORDER BY table_name, constraint_name"
        }
        Engine::Mysql | Engine::Sqlite | Engine::Postgres => {
            "SELECT t.table_name, c.constraint_name, c.check_clause, t.enforced FROM information_schema.check_constraints AS c \
             JOIN information_schema.table_constraints AS t ON t.constraint_schema = c.constraint_schema \
             AND t.constraint_name = c.constraint_name AND t.constraint_type = 'CHECK' \
             WHERE c.constraint_schema = DATABASE() ORDER BY t.table_name, c.constraint_name"
        }
    }
}

fn check(engine: Engine, row: &[Value]) -> Check {
    let mut condition = expression(engine, &text(row, 2));
    let verbatim = text(row, 3) == "NO";
    if verbatim {
        condition.push_str(" NOT ENFORCED");
    }
    Check { name: some(row, 1), expression: CheckExpression::Sql(Sql::any(condition)), verbatim }
}
