//! The catalog as a schema: a handful of queries, however many tables there are.
//!
//! <https://www.postgresql.org/docs/current/catalogs.html>

use std::collections::{BTreeMap, BTreeSet};

use super::session::Session;
use super::{columns, constraints, indexes};
use crate::backend::fault::Attempt;
use crate::backend::names::{literal, quote};
use crate::backend::{Value, statement};
use crate::name::split_table;
use crate::schema::{Enums, Schema, Table};

/// The tables of the current schema, and those of the schemas of `expected`, under the names that it has for them.
pub(super) async fn schema(session: &mut Session, expected: &BTreeSet<String>) -> Attempt<Schema> {
    let naming = Naming { current: session.schema.clone(), expected };
    let which = which(&naming);
    let mut tables = tables(session, &which, &naming).await?;
    columns::read(session, &which, &mut tables).await?;
    constraints::read(session, &which, &naming, &mut tables).await?;
    indexes::read(session, &which, &mut tables).await?;
    let tables = tables.into_values().map(|table| (table.name.clone(), table)).collect();
    Ok(Schema { tables, enums: enums(session).await? })
}

/// How a table of the catalog is called.
pub(super) struct Naming<'a> {
    current: String,
    expected: &'a BTreeSet<String>,
}

impl Naming<'_> {
    /// A table of the current schema has no schema in its name, unless it is expected with one.
    pub(super) fn name(&self, schema: &str, table: &str) -> String {
        let whole = format!("{schema}.{table}");
        if schema == self.current && !self.expected.contains(&whole) {
            // A dot would part a schema from it.
            return if table.contains('.') { quote(table) } else { table.to_owned() };
        }
        if schema.contains('.') || table.contains('.') { format!("{}.{}", quote(schema), quote(table)) } else { whole }
    }

    fn schemas(&self) -> BTreeSet<&str> {
        let named = self.expected.iter().filter_map(|table| split_table(table).0);
        named.chain([self.current.as_str()]).collect()
    }
}

/// The tables of the schemas but for ours, those of extensions, and the parts of a table that is in parts.
fn which(naming: &Naming<'_>) -> String {
    let schemas: Vec<String> = naming.schemas().into_iter().map(literal).collect();
    format!(
        "SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname IN ({}) AND c.relkind IN ('r', 'p') AND NOT c.relispartition \
         AND c.relname NOT LIKE 'fastdjango\\_%' AND NOT {}",
        schemas.join(", "),
        of_extension("c.oid", "pg_class")
    )
}

/// The condition that an extension owns an object. <https://www.postgresql.org/docs/current/catalog-pg-depend.html>
pub(super) fn of_extension(oid: &str, catalog: &str) -> String {
    format!(
        "EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.{catalog}'::pg_catalog.regclass \
         AND d.objid = {oid} AND d.deptype = 'e')"
    )
}

/// The enums of the current schema, each with its texts in order.
///
/// <https://www.postgresql.org/docs/current/catalog-pg-enum.html>
async fn enums(session: &mut Session) -> Attempt<Enums> {
    let sql = format!(
        "SELECT t.typname, pg_catalog.json_agg(e.enumlabel ORDER BY e.enumsortorder)::text \
         FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace \
         JOIN pg_catalog.pg_enum e ON e.enumtypid = t.oid WHERE n.nspname = {} AND NOT {} GROUP BY t.oid, t.typname",
        literal(&session.schema),
        of_extension("t.oid", "pg_type")
    );
    let rows = session.query(&sql).await?;
    Ok(rows.iter().map(|row| (text(row, 0), list(row, 1))).collect())
}

/// The tables by the catalog's own numbers for them.
async fn tables(session: &mut Session, which: &str, naming: &Naming<'_>) -> Attempt<BTreeMap<String, Table>> {
    let sql = format!(
        "SELECT c.oid::text, n.nspname, c.relname, pg_catalog.obj_description(c.oid, 'pg_class') FROM pg_catalog.pg_class c \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid IN ({which})"
    );
    let rows = session.query(&sql).await?;
    let named = |row: &[Value]| table(naming.name(&text(row, 1), &text(row, 2)), some(row, 3));
    Ok(rows.iter().map(|row| (text(row, 0), named(row))).collect())
}

/// A table of this session alone, which refers to no other: `quoted` is how it is found.
#[cfg(feature = "render")]
pub(super) async fn own(session: &mut Session, name: &str, quoted: &str) -> Attempt<Table> {
    let oid = format!("SELECT {}::pg_catalog.regclass::pg_catalog.oid", literal(quoted));
    let oid = session.texts(&format!("{oid}::text")).await?.pop().unwrap_or_default();
    let naming = Naming { current: session.schema.clone(), expected: &BTreeSet::new() };
    let mut tables = BTreeMap::from([(oid.clone(), table(name.to_owned(), None))]);
    columns::read(session, &oid, &mut tables).await?;
    constraints::read(session, &oid, &naming, &mut tables).await?;
    indexes::read(session, &oid, &mut tables).await?;
    Ok(tables.remove(&oid).unwrap_or_else(|| table(name.to_owned(), None)))
}

pub(super) fn table(name: String, comment: Option<String>) -> Table {
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

pub(super) fn text(row: &[Value], i: usize) -> String {
    some(row, i).unwrap_or_default()
}

pub(super) fn is(row: &[Value], i: usize) -> bool {
    row.get(i).and_then(Value::integer) == Some(1)
}

/// The texts of an array that came as JSON; a value that is no text is empty.
pub(super) fn list(row: &[Value], i: usize) -> Vec<String> {
    let values: Vec<Option<String>> = serde_json::from_str(&text(row, i)).unwrap_or_default();
    values.into_iter().map(Option::unwrap_or_default).collect()
}

/// An expression without the parentheses that the server puts around the whole of it.
pub(super) fn bare(expression: &str) -> &str {
    statement::bare(expression, super::plain::plain)
}
