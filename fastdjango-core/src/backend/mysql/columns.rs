//! Columns of the catalog.

use std::collections::BTreeMap;

use super::introspect::{full, some, text};
use super::printed::expression;
use super::session::Session;
use super::types::parse_type;
use crate::backend::Value;
use crate::backend::fault::Attempt;
use crate::backend::names::literal;
use crate::field::{Default, Engine, Sql};
use crate::schema::{Column, Table};
use crate::state::Generated;

/// Reads the columns of the tables, in order.
pub(super) async fn read(session: &mut Session, tables: &mut BTreeMap<String, Table>) -> Attempt<()> {
    let engine = session.server.engine;
    let sql = "SELECT table_name, column_name, column_type, is_nullable, column_default, extra, generation_expression, \
         collation_name, column_comment, data_type FROM information_schema.columns WHERE table_schema = DATABASE() \
         ORDER BY table_name, ordinal_position";
    for row in session.query(sql).await? {
        if let Some(table) = tables.get_mut(&text(&row, 0)) {
            table.columns.push(column(engine, &row));
        }
    }
    Ok(())
}

fn column(engine: Engine, row: &[Value]) -> Column {
    let extra = text(row, 5).to_lowercase();
    let computed = full(row, 6).filter(|_| extra.contains("generated") && !extra.starts_with("default_generated"));
    let stored = extra.contains("stored") || extra.contains("persistent");
    let generated = computed.map(|sql| Generated { expression: Sql::any(expression(engine, &sql)), stored });
    let default = if generated.is_some() { None } else { default(engine, row, &extra) };
    Column {
        name: text(row, 1),
        ty: parse_type(engine, &text(row, 2)),
        db_type: None,
        null: text(row, 3) == "YES",
        auto: extra.contains("auto_increment"),
        default: default.map(|sql| Default::Sql { sql: Sql::any(sql) }),
        collation: full(row, 7).map(Sql::any),
        generated,
        comment: full(row, 8),
    }
}

/// The default as SQL, with what the server sets when a row changes: no model declares that, and none may lose it.
fn default(engine: Engine, row: &[Value], extra: &str) -> Option<String> {
    let default = match engine {
        Engine::Mysql => some(row, 4).map(|bare| mysql_default(row, &bare, extra)),
        // A column without a default that may be NULL has the word.
        Engine::Mariadb | Engine::Sqlite | Engine::Postgres => {
            some(row, 4).filter(|text| text != "NULL").map(|sql| expression(engine, &sql))
        }
    };
    match extra.split_once("on update ") {
        Some((_, update)) => Some(format!("{} ON UPDATE {update}", default.unwrap_or_else(|| "NULL".to_owned()))),
        None => default,
    }
}

/// `MySQL` prints the text of a literal and not the literal. <https://dev.mysql.com/doc/refman/8.4/en/information-schema-columns-table.html>
fn mysql_default(row: &[Value], bare: &str, extra: &str) -> String {
    if extra.contains("default_generated") {
        return expression(Engine::Mysql, bare);
    }
    let numbers =
        ["int", "decimal", "numeric", "float", "double", "real", "bit", "binary", "varbinary", "year", "bool"];
    let ty = text(row, 9);
    if numbers.iter().any(|number| ty.ends_with(number)) { bare.to_owned() } else { literal(bare) }
}
