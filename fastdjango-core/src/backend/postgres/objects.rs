//! Triggers and views of the catalog.

use super::introspect::{of_extension, text};
use super::session::Session;
use crate::backend::Object;
use crate::backend::fault::Attempt;
use crate::backend::names::literal;

/// The triggers and views of the current schema but for those of extensions, in the order in which they were made.
pub(super) async fn objects(session: &mut Session) -> Attempt<Vec<Object>> {
    let schema = literal(&session.schema);
    let sql = format!(
        "SELECT 'trigger', t.tgname, c.relname, pg_catalog.pg_get_triggerdef(t.oid, true), t.oid \
         FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = {schema} AND NOT t.tgisinternal AND NOT {} \
         UNION ALL SELECT 'view', c.relname, c.relname, pg_catalog.format('CREATE %s %I AS %s', \
         CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END, c.relname, \
         pg_catalog.rtrim(pg_catalog.pg_get_viewdef(c.oid, true), ';')), c.oid \
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = {schema} AND c.relkind IN ('v', 'm') AND NOT {} ORDER BY 5",
        of_extension("t.oid", "pg_trigger"),
        of_extension("c.oid", "pg_class")
    );
    let rows = session.query(&sql).await?;
    let object = |row| Object { kind: text(row, 0), name: text(row, 1), table: text(row, 2), sql: text(row, 3) };
    Ok(rows.iter().map(|row| object(row)).collect())
}
