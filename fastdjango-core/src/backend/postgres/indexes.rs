//! Indexes of the catalog that serve no constraint.
//!
//! <https://www.postgresql.org/docs/current/catalog-pg-index.html>

use std::collections::{BTreeMap, BTreeSet};

use super::introspect::{bare, is, list, some, text};
use super::session::Session;
use crate::backend::Value;
use crate::backend::fault::Attempt;
use crate::backend::names::literal;
use crate::field::Sql;
use crate::schema::{Index, IndexColumn, Table};

/// Reads the indexes of the tables by their names; one that is not complete is no index yet.
pub(super) async fn read(session: &mut Session, which: &str, tables: &mut BTreeMap<String, Table>) -> Attempt<()> {
    let each = |what: &str| {
        format!(
            "(SELECT pg_catalog.json_agg({what} ORDER BY k.place) FROM pg_catalog.unnest(i.indkey::int2[]) \
             WITH ORDINALITY AS k (number, place) LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid \
             AND a.attnum = k.number AND k.number <> 0)::text"
        )
    };
    // An operator class is named where it is not what the type would have by itself.
    let class = "(SELECT o.opcname FROM pg_catalog.pg_opclass o WHERE o.oid = i.indclass[k.place - 1] \
                 AND NOT o.opcdefault AND k.place <= i.indnkeyatts)";
    let sql = format!(
        "SELECT c.oid::text, x.relname, i.indisunique, i.indnkeyatts::text, m.amname, \
         pg_catalog.pg_get_expr(i.indpred, i.indrelid), {}, {}, {}, {} \
         FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid \
         JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = x.relam \
         WHERE i.indrelid IN ({which}) AND i.indisvalid AND i.indisready AND NOT EXISTS (SELECT FROM \
         pg_catalog.pg_constraint y WHERE y.conindid = i.indexrelid AND y.contype IN ('p', 'u', 'x')) \
         ORDER BY c.relname, x.relname",
        each("a.attname"),
        each("CASE WHEN k.number = 0 THEN pg_catalog.pg_get_indexdef(i.indexrelid, k.place::int, true) END"),
        each("CASE WHEN k.place <= i.indnkeyatts AND i.indoption[k.place - 1] & 1 = 1 THEN 'desc' END"),
        each(class),
    );
    for row in session.query(&sql).await? {
        if let Some(table) = tables.get_mut(&text(&row, 0)) {
            table.indexes.push(index(&row));
        }
    }
    Ok(())
}

fn index(row: &[Value]) -> Index {
    let keys: usize = text(row, 3).parse().unwrap_or(0);
    let [names, expressions, directions, classes] = [6, 7, 8, 9].map(|i| list(row, i));
    let parts: Vec<Part<'_>> = names.iter().zip(&expressions).zip(&directions).map(Part::from).collect();
    let (keys, include) = parts.split_at(keys.min(parts.len()));
    let (columns, expression) = split(keys);
    let classes: BTreeSet<String> = classes.into_iter().filter(|class| !class.is_empty()).collect();
    Index {
        name: text(row, 1),
        columns,
        expression: expression.map(Sql::any),
        unique: is(row, 2),
        condition: some(row, 5).map(|sql| Sql::any(bare(&sql))),
        include: include.iter().map(|part| part.name.to_owned()).collect(),
        method: some(row, 4).filter(|method| method != "btree"),
        opclass: classes.into_iter().next(),
    }
}

/// A part of an index: a column, or an expression where the name is empty.
struct Part<'a> {
    name: &'a str,
    expression: &'a str,
    descending: bool,
}

impl<'a> From<((&'a String, &'a String), &'a String)> for Part<'a> {
    fn from(((name, expression), direction): ((&'a String, &'a String), &'a String)) -> Self {
        Self { name, expression, descending: !direction.is_empty() }
    }
}

impl Part<'_> {
    fn text(&self) -> String {
        let what = if self.name.is_empty() { bare(self.expression) } else { self.name };
        format!("{what}{}", if self.descending { " DESC" } else { "" })
    }
}

/// Columns, then an expression; where they stand in another order, all of it is the expression.
fn split(parts: &[Part<'_>]) -> (Vec<IndexColumn>, Option<String>) {
    let columns = parts.iter().take_while(|part| !part.name.is_empty()).count();
    let (columns, rest) = parts.split_at(columns);
    if rest.iter().any(|part| !part.name.is_empty()) {
        return (Vec::new(), Some(parts.iter().map(Part::text).collect::<Vec<_>>().join(", ")));
    }
    let column = |part: &Part<'_>| IndexColumn { descending: part.descending, ..IndexColumn::new(part.name) };
    let expression = rest.iter().map(Part::text).collect::<Vec<_>>().join(", ");
    (columns.iter().map(column).collect(), Some(expression).filter(|text| !text.is_empty()))
}

/// The indexes that a build left unfinished: they cost every write, and serve no query.
///
/// <https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY>
pub(super) async fn invalid(session: &mut Session) -> Attempt<Vec<String>> {
    let sql = format!(
        "SELECT CASE WHEN n.nspname = {} THEN x.relname ELSE n.nspname || '.' || x.relname END FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = x.relnamespace \
         WHERE n.nspname !~ '^pg_' AND NOT (i.indisvalid AND i.indisready) ORDER BY 1",
        literal(&session.schema)
    );
    Ok(session.texts(&sql).await?)
}
