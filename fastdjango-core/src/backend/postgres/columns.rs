//! Columns of the catalog.

use std::collections::BTreeMap;

use super::introspect::{bare, is, some, text};
use super::session::Session;
use super::types::parse_type;
use crate::backend::Value;
use crate::backend::fault::Attempt;
use crate::field::{Default, Sql};
use crate::schema::{Column, Table};
use crate::state::Generated;

/// Reads the columns of the tables, in order.
pub(super) async fn read(session: &mut Session, which: &str, tables: &mut BTreeMap<String, Table>) -> Attempt<()> {
    // A collation that is the type's own says nothing.
    let sql = format!(
        "SELECT c.oid::text, a.attname, CASE WHEN t.typtype = 'e' AND pg_catalog.pg_type_is_visible(t.oid) \
         THEN '\"' || replace(t.typname, '\"', '\"\"') || '\"' ELSE pg_catalog.format_type(a.atttypid, a.atttypmod) END, a.attnotnull, \
         a.attidentity <> '', pg_catalog.pg_get_expr(d.adbin, d.adrelid), a.attgenerated::text, \
         CASE WHEN a.attcollation <> t.typcollation THEN o.collname END, \
         pg_catalog.col_description(a.attrelid, a.attnum) \
         FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid \
         JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
         LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
         LEFT JOIN pg_catalog.pg_collation o ON o.oid = a.attcollation \
         WHERE a.attrelid IN ({which}) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum"
    );
    for row in session.query(&sql).await? {
        if let Some(table) = tables.get_mut(&text(&row, 0)) {
            table.columns.push(column(&row));
        }
    }
    Ok(())
}

fn column(row: &[Value]) -> Column {
    let expression = some(row, 5);
    let generated = text(row, 6);
    let is_generated = !generated.is_empty();
    let (computed, default) = if is_generated { (expression, None) } else { (None, expression) };
    Column {
        name: text(row, 1),
        ty: parse_type(&text(row, 2)),
        db_type: None,
        null: !is(row, 3),
        auto: is(row, 4),
        default: default.map(|sql| Default::Sql { sql: Sql::any(sql) }),
        collation: some(row, 7).map(Sql::any),
        generated: computed.map(|sql| Generated { expression: Sql::any(bare(&sql)), stored: generated == "s" }),
        comment: some(row, 8),
    }
}
