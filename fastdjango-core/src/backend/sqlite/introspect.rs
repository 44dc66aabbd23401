//! The catalog as a schema: pragmas first, the text of statements for what they do not give.
//!
//! <https://www.sqlite.org/pragma.html#pragma_table_xinfo>

use super::parse_table::{self, TableText};
use super::session::Session;
use super::{keys, parse_default, parse_index};
use crate::backend::Value;
use crate::backend::fault::Attempt;
use crate::backend::names::literal;
use crate::dialect::sqlite::types;
use crate::field::Sql;
use crate::schema::{Check, CheckExpression, Column, Index, Schema, Table};
use crate::state::Generated;

pub(super) use super::dependents::objects;

/// The tables but for `SQLite`'s own, ours, and those of virtual tables.
///
/// <https://www.sqlite.org/pragma.html#pragma_table_list> tells a table from a virtual one and its shadows.
const TABLES: &str = "SELECT m.name, m.sql FROM pragma_table_list t JOIN sqlite_schema m ON m.name = t.name AND m.type = 'table' \
    WHERE t.schema = 'main' AND t.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
    AND m.name NOT LIKE 'fastdjango\\_%' ESCAPE '\\' ORDER BY m.name";

/// Everything that the schema says.
pub(super) async fn schema(session: &mut Session) -> Attempt<Schema> {
    let mut schema = Schema::default();
    for row in session.query(TABLES).await? {
        let (name, sql) = (text(&row, 0), text(&row, 1));
        let table = table(session, &name, &sql).await?;
        schema.tables.insert(name, table);
    }
    keys::resolve(&mut schema);
    Ok(schema)
}

/// One table as it is, with the targets of its keys by their full names; none where there is no such table.
pub(super) async fn one(session: &mut Session, name: &str) -> Attempt<Option<(Table, String)>> {
    let Some((found, sql)) = named(session, name).await? else { return Ok(None) };
    let mut schema = Schema::default();
    let targets: Vec<String> = found.foreign_keys.iter().map(|key| key.to_table.clone()).collect();
    for target in targets {
        if let Some((target, _)) = named(session, &target).await? {
            schema.tables.insert(target.name.clone(), target);
        }
    }
    let name = found.name.clone();
    schema.tables.insert(name.clone(), found);
    keys::resolve(&mut schema);
    Ok(schema.tables.remove(&name).map(|table| (table, sql)))
}

async fn named(session: &mut Session, name: &str) -> Attempt<Option<(Table, String)>> {
    let sql = format!(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND lower(name) = lower({}) AND sql IS NOT NULL",
        literal(name)
    );
    let rows = session.query(&sql).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (name, sql) = (text(row, 0), text(row, 1));
    Ok(Some((table(session, &name, &sql).await?, sql)))
}

async fn table(session: &mut Session, name: &str, sql: &str) -> Attempt<Table> {
    let parsed = parse_table::parse(sql);
    let sql = format!(
        "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo({}) WHERE hidden <> 1 ORDER BY cid",
        literal(name)
    );
    let rows = session.query(&sql).await?;
    Ok(Table {
        name: name.to_owned(),
        comment: None,
        columns: rows.iter().map(|row| column(row, &parsed)).collect(),
        primary_key: primary_key(&rows),
        foreign_keys: keys::foreign_keys(session, name, &parsed).await?,
        uniques: keys::uniques(session, name, &parsed).await?,
        checks: parsed.checks.into_iter().map(check).collect(),
        indexes: indexes(session, name).await?,
    })
}

fn column(row: &[Value], parsed: &TableText) -> Column {
    let name = text(row, 0);
    let declared = text(row, 1);
    let ty = types::parse(&declared);
    let written = parsed.columns.iter().find(|column| column.name.eq_ignore_ascii_case(&name));
    let collation = written.and_then(|column| column.collation.clone());
    let stored = number(row, 5) == 3;
    let generated = written.and_then(|column| column.generated.as_ref());
    Column {
        null: number(row, 2) == 0 && !(number(row, 4) > 0 && declared.eq_ignore_ascii_case("integer")),
        auto: written.is_some_and(|column| column.autoincrement),
        default: row.get(3).and_then(Value::text).and_then(|text| parse_default::parse(text, &ty)),
        collation: collation.filter(|collation| !collation.eq_ignore_ascii_case("binary")).map(Sql::any),
        generated: generated.map(|expression| Generated { expression: Sql::any(expression.as_str()), stored }),
        comment: None,
        db_type: None,
        name,
        ty,
    }
}

fn primary_key(rows: &[Vec<Value>]) -> Vec<String> {
    let mut key: Vec<(i64, String)> =
        rows.iter().map(|row| (number(row, 4), text(row, 0))).filter(|(place, _)| *place > 0).collect();
    key.sort();
    key.into_iter().map(|(_, name)| name).collect()
}

fn check((name, condition): (Option<String>, String)) -> Check {
    Check { name, expression: CheckExpression::Sql(Sql::any(condition)), verbatim: false }
}

/// The indexes that somebody made, not those that serve a constraint.
async fn indexes(session: &mut Session, table: &str) -> Attempt<Vec<Index>> {
    let sql = format!(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = {} ORDER BY name",
        literal(table)
    );
    let rows = session.query(&sql).await?;
    Ok(rows.iter().map(|row| parse_index::parse(&text(row, 0), &text(row, 1))).collect())
}

pub(super) fn text(row: &[Value], i: usize) -> String {
    row.get(i).and_then(Value::text).unwrap_or_default().to_owned()
}

pub(super) fn number(row: &[Value], i: usize) -> i64 {
    row.get(i).and_then(Value::integer).unwrap_or(0)
}
