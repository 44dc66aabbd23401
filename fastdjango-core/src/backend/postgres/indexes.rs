//! Indexes of the catalog that serve no constraint.
//!
//! <https://www.postgresql.org/docs/current/catalog-pg-index.html>

use std::collections::BTreeMap;

use super::introspect::{bare, is, list, some, text};
use super::session::Session;
use crate::backend::Value;
use crate::backend::fault::Attempt;
use crate::backend::names::{literal, quote};
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
    let key = |what: &str| each(&format!("CASE WHEN k.place <= i.indnkeyatts THEN {what} END"));
    let sql = format!(
        "SELECT c.oid::text, x.relname, i.indisunique, i.indnkeyatts::text, m.amname, \
         pg_catalog.pg_get_expr(i.indpred, i.indrelid), {}, {}, {}, {}, {}, {}, \
         pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct' \
         FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid \
         JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = x.relam \
         WHERE i.indrelid IN ({which}) AND i.indisvalid AND i.indisready AND NOT EXISTS (SELECT FROM \
         pg_catalog.pg_constraint y WHERE y.conindid = i.indexrelid AND y.contype IN ('p', 'u', 'x')) \
         ORDER BY c.relname, x.relname",
        each("a.attname"),
        each("CASE WHEN k.number = 0 THEN pg_catalog.pg_get_indexdef(i.indexrelid, k.place::int, true) END"),
        key(COLLATION),
        key(CLASS),
        key("CASE i.indoption[k.place - 1] & 1 WHEN 1 THEN 'DESC' END"),
        key("CASE i.indoption[k.place - 1] & 3 WHEN 1 THEN 'NULLS LAST' WHEN 2 THEN 'NULLS FIRST' END"),
    );
    for row in session.query(&sql).await? {
        if let Some(table) = tables.get_mut(&text(&row, 0)) {
            table.indexes.push(index(&row));
        }
    }
    Ok(())
}

/// A collation is named where it is not the column's, and an operator class where the type would not have it by itself.
const COLLATION: &str = "(SELECT o.collname FROM pg_catalog.pg_collation o WHERE o.oid = i.indcollation[k.place - 1] \
     AND o.oid <> a.attcollation)";
const CLASS: &str =
    "(SELECT o.opcname FROM pg_catalog.pg_opclass o WHERE o.oid = i.indclass[k.place - 1] AND NOT o.opcdefault)";

fn index(row: &[Value]) -> Index {
    let lists = [6, 7, 8, 9, 10, 11].map(|i| list(row, i));
    let parts: Vec<Part<'_>> = (0..lists[0].len()).map(|at| Part::at(&lists, at)).collect();
    let keys: usize = text(row, 3).parse().unwrap_or(0);
    let (keys, include) = parts.split_at(keys.min(parts.len()));
    let keys = split(keys, text(row, 12) == "true");
    Index {
        name: text(row, 1),
        columns: keys.columns,
        expression: keys.expression.map(Sql::any),
        unique: is(row, 2),
        condition: some(row, 5).map(|sql| Sql::any(bare(&sql))),
        include: include.iter().map(|part| part.name.to_owned()).collect(),
        method: some(row, 4).filter(|method| method != "btree"),
        opclass: keys.opclass,
        verbatim: keys.verbatim,
    }
}

/// What an index is over.
struct Keys {
    columns: Vec<IndexColumn>,
    expression: Option<String>,
    opclass: Option<String>,
    /// The expression could not stand in parentheses: it is more than one, or more than an expression.
    verbatim: bool,
}

/// A part of an index: a column, or an expression where the name is empty; what is not said of it is empty.
struct Part<'a> {
    name: &'a str,
    expression: &'a str,
    collation: &'a str,
    class: &'a str,
    direction: &'a str,
    nulls: &'a str,
}

impl<'a> Part<'a> {
    fn at(lists: &'a [Vec<String>; 6], at: usize) -> Self {
        let [name, expression, collation, class, direction, nulls] =
            lists.each_ref().map(|list| list.get(at).map_or("", String::as_str));
        Self { name, expression, collation, class, direction, nulls }
    }

    fn what(&self) -> &'a str {
        if self.name.is_empty() { bare(self.expression) } else { self.name }
    }

    /// Without its operator class, which all parts share.
    fn text(&self) -> String {
        [self.what(), self.direction].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// Everything that the server knows of it.
    fn whole(&self) -> String {
        let collation =
            if self.collation.is_empty() { String::new() } else { format!("COLLATE {}", quote(self.collation)) };
        let words = [self.what(), &collation, self.class, self.direction, self.nulls];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// True where nothing is said of it that could not stand in parentheses.
    fn is_an_expression(&self) -> bool {
        [self.class, self.direction, self.nulls].iter().all(|word| word.is_empty())
    }

    /// True where an index of ours could say the same.
    fn is_plain(&self, class: &str) -> bool {
        self.collation.is_empty() && self.nulls.is_empty() && self.class == class
    }
}

/// Columns, then an expression, and the operator class of all.
///
/// What no index of ours says is not left out, lest one that somebody made pass for ours: then the expression is all of it.
fn split(parts: &[Part<'_>], equal_nulls: bool) -> Keys {
    let class = parts.first().map_or("", |part| part.class);
    if equal_nulls || !parts.iter().all(|part| part.is_plain(class)) {
        let nulls = if equal_nulls { " NULLS NOT DISTINCT" } else { "" };
        let one_expression = !equal_nulls && matches!(parts, [part] if part.is_an_expression());
        let text = joined(parts, Part::whole) + nulls;
        return Keys { verbatim: !one_expression, ..Keys::verbatim(text, None) };
    }
    let class = Some(class.to_owned()).filter(|class| !class.is_empty());
    let columns = parts.iter().take_while(|part| !part.name.is_empty()).count();
    let (columns, rest) = parts.split_at(columns);
    if rest.iter().any(|part| !part.name.is_empty()) {
        return Keys::verbatim(joined(parts, Part::text), class);
    }
    let column =
        |part: &Part<'_>| IndexColumn { descending: !part.direction.is_empty(), ..IndexColumn::new(part.name) };
    let expression = Some(joined(rest, Part::text)).filter(|text| !text.is_empty());
    let verbatim = rest.len() > 1 || rest.iter().any(|part| !part.direction.is_empty());
    Keys { columns: columns.iter().map(column).collect(), expression, opclass: class, verbatim }
}

impl Keys {
    fn verbatim(text: String, opclass: Option<String>) -> Self {
        Self { columns: Vec::new(), expression: Some(text), opclass, verbatim: true }
    }
}

fn joined<'a>(parts: &[Part<'a>], text: impl Fn(&Part<'a>) -> String) -> String {
    parts.iter().map(text).collect::<Vec<_>>().join(", ")
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
