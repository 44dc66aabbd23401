//! The catalog as a schema: a handful of queries, however many tables there are.
//!
//! <https://dev.mysql.com/doc/refman/8.4/en/information-schema.html>. Values are read by their places: the names of the
//! columns come back in upper case on `MySQL`, and as they were written on `MariaDB`.

use std::collections::BTreeMap;

use super::session::Session;
use super::{columns, constraints, indexes};
use crate::backend::Value;
use crate::backend::fault::Attempt;
use crate::schema::{Schema, Table};

/// Everything that the database says.
pub(super) async fn schema(session: &mut Session) -> Attempt<Schema> {
    let mut tables = tables(session).await?;
    columns::read(session, &mut tables).await?;
    constraints::read(session, &mut tables).await?;
    indexes::read(session, &mut tables).await?;
    Ok(Schema { tables, ..Schema::default() })
}

/// The tables of the database but for ours; views are none, nor are the sequences of `MariaDB`.
async fn tables(session: &mut Session) -> Attempt<BTreeMap<String, Table>> {
    let sql = "SELECT table_name, table_comment FROM information_schema.tables WHERE table_schema = DATABASE() \
         AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') AND table_name NOT LIKE 'fastdjango\\_%'";
    let rows = session.query(sql).await?;
    Ok(rows.iter().map(|row| (text(row, 0), table(text(row, 0), full(row, 1)))).collect())
}

fn table(name: String, comment: Option<String>) -> Table {
    Table {
        name,
        comment,
        columns: Vec::new(),
        primary_key: Vec::new(),
        foreign_keys: Vec::new(),
        uniques: Vec::new(),
        checks: Vec::new(),
        indexes: Vec::new(),
    }
}

pub(super) fn some(row: &[Value], i: usize) -> Option<String> {
    row.get(i).and_then(Value::text).map(str::to_owned)
}

/// A text that is not empty.
pub(super) fn full(row: &[Value], i: usize) -> Option<String> {
    some(row, i).filter(|text| !text.is_empty())
}

pub(super) fn text(row: &[Value], i: usize) -> String {
    some(row, i).unwrap_or_default()
}

pub(super) fn number(row: &[Value], i: usize) -> i64 {
    row.get(i).and_then(Value::integer).unwrap_or(0)
}
