//! Columns of the catalog.

use std::collections::BTreeMap;

use super::introspect::{full, some, text};
use super::printed::expression;
use super::session::Session;
use crate::backend::Value;
use crate::backend::fault::Attempt;
use crate::backend::statement::meaningful;
use crate::dialect;
use crate::field::lexer::Kind;
use crate::field::{ColumnType, Default, Engine, Literal, Sql};
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
        ty: parse_type(engine, text(row, 2)),
        db_type: None,
        null: text(row, 3) == "YES",
        auto: extra.contains("auto_increment"),
        default,
        collation: full(row, 7).map(Sql::any),
        generated,
        comment: full(row, 8),
    }
}

fn parse_type(engine: Engine, declared: String) -> ColumnType {
    match dialect::of(engine) {
        Some(dialect) => dialect.parse_type(&declared),
        None => ColumnType::Custom(declared),
    }
}

/// The default, with what the server sets when a row changes: no model declares that, and none may lose it.
fn default(engine: Engine, row: &[Value], extra: &str) -> Option<Default> {
    let printed = some(row, 4);
    let default = match engine {
        Engine::Mysql => printed.map(|bare| mysql_default(row, bare, extra)),
        // A column without a default that may be NULL has the word.
        Engine::Mariadb | Engine::Sqlite | Engine::Postgres => {
            printed.filter(|text| text != "NULL").map(|sql| mariadb_default(&sql))
        }
    };
    let Some((_, update)) = extra.split_once("on update ") else { return default };
    let before = match default {
        Some(Default::Sql { sql: Sql::Any(text) }) => text,
        Some(_) | None => "NULL".to_owned(),
    };
    Some(Default::Sql { sql: Sql::any(format!("{before} ON UPDATE {update}")) })
}

/// `MySQL` prints the text of a literal and not the literal. <https://dev.mysql.com/doc/refman/8.4/en/information-schema-columns-table.html>
fn mysql_default(row: &[Value], bare: String, extra: &str) -> Default {
    let ty = text(row, 9);
    if extra.contains("default_generated") || ty == "bit" || ty.ends_with("binary") {
        return Default::Sql { sql: Sql::any(expression(Engine::Mysql, &bare)) };
    }
    literal(bare)
}

/// `MariaDB` prints SQL.
fn mariadb_default(sql: &str) -> Default {
    let standard = expression(Engine::Mariadb, sql);
    let tokens = meaningful(&standard);
    match tokens.as_slice() {
        [token] if token.kind == Kind::Text => Default::Value(Literal::Text(token.string().unwrap_or_default())),
        [token] if token.kind == Kind::Number => literal(standard),
        [sign, token] if sign.is_symbol('-') && token.kind == Kind::Number => literal(standard),
        _ => Default::Sql { sql: Sql::any(standard) },
    }
}

/// A whole number, or whatever else has a text.
fn literal(text: String) -> Default {
    Default::Value(text.parse().map_or(Literal::Text(text), Literal::Integer))
}
