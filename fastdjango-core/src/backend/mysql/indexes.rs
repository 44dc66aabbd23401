//! Keys, unique constraints and indexes of the catalog: all of them are indexes here.
//!
//! <https://dev.mysql.com/doc/refman/8.4/en/information-schema-statistics-table.html>

use std::collections::BTreeMap;

use super::introspect::{full, number, text};
use super::names::quote;
use super::printed::expression;
use super::session::Session;
use crate::backend::Value;
use crate::backend::fault::Attempt;
use crate::field::{Engine, Sql};
use crate::schema::{Index, IndexColumn, Table, Unique};

/// Reads the indexes of the tables by their names.
pub(super) async fn read(session: &mut Session, tables: &mut BTreeMap<String, Table>) -> Attempt<()> {
    let engine = session.server.engine;
    // Only MySQL has indexes on expressions, and the column that tells them.
    let expression = if engine == Engine::Mysql { "expression" } else { "NULL" };
    let sql = format!(
        "SELECT table_name, index_name, non_unique, index_type, column_name, sub_part, collation, {expression} \
         FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index"
    );
    let rows = session.query(&sql).await?;
    for parts in rows.chunk_by(|one, next| text(one, 0) == text(next, 0) && text(one, 1) == text(next, 1)) {
        if let Some(table) = parts.first().and_then(|first| tables.get_mut(&text(first, 0))) {
            add(engine, table, parts);
        }
    }
    Ok(())
}

fn add(engine: Engine, table: &mut Table, rows: &[Vec<Value>]) {
    let Some(first) = rows.first() else { return };
    let name = text(first, 1);
    let parts: Vec<Part> = rows.iter().map(|row| Part::of(engine, row)).collect();
    let is_plain = parts.iter().all(Part::is_plain);
    let names = || parts.iter().map(|part| part.text.clone()).collect();
    let unique = number(first, 2) == 0;
    let method = full(first, 3).filter(|method| method != "BTREE");
    if name == "PRIMARY" {
        table.primary_key = rows.iter().map(|row| text(row, 4)).collect();
    } else if unique && is_plain && method.is_none() {
        table.uniques.push(Unique { name: Some(name), columns: names(), deferrable: None, nulls_not_distinct: false });
    } else {
        let (columns, expression, verbatim) = split(&parts);
        table.indexes.push(Index {
            name,
            columns,
            expression: expression.map(Sql::any),
            unique,
            condition: None,
            include: Vec::new(),
            method: method.map(|method| method.to_lowercase()),
            opclass: None,
            verbatim,
        });
    }
}

/// A part of an index.
struct Part {
    /// The column's name, or an expression.
    text: String,
    /// A column, or the beginning of one.
    is_column: bool,
    /// How many characters of it.
    length: Option<u32>,
    descending: bool,
}

impl Part {
    fn of(engine: Engine, row: &[Value]) -> Self {
        let descending = text(row, 6) == "D";
        match (full(row, 4), number(row, 5)) {
            (Some(text), length) => {
                let length = u32::try_from(length).ok().filter(|length| *length > 0);
                Self { text, is_column: true, length, descending }
            }
            (None, _) => Self { text: expression(engine, &text(row, 7)), is_column: false, length: None, descending },
        }
    }

    fn is_plain(&self) -> bool {
        self.is_column && !self.descending && self.length.is_none()
    }

    fn as_expression(&self) -> String {
        let text = if self.is_column { quote(&self.text) } else { self.text.clone() };
        let part = self.length.map_or_else(String::new, |length| format!("({length})"));
        format!("{text}{part}{}", if self.descending { " DESC" } else { "" })
    }
}

/// Columns, then an expression; where they stand in another order, all of it is the expression. Last, whether there is more of it
/// than one that could stand in parentheses.
fn split(parts: &[Part]) -> (Vec<IndexColumn>, Option<String>, bool) {
    let columns = parts.iter().take_while(|part| part.is_column).count();
    let (columns, rest) = parts.split_at(columns);
    let whole = |parts: &[Part]| parts.iter().map(Part::as_expression).collect::<Vec<_>>().join(", ");
    if rest.iter().any(|part| part.is_column) {
        return (Vec::new(), Some(whole(parts)), true);
    }
    let column =
        |part: &Part| IndexColumn { name: part.text.clone(), descending: part.descending, length: part.length };
    let verbatim = rest.len() > 1 || rest.iter().any(|part| part.descending);
    (columns.iter().map(column).collect(), Some(whole(rest)).filter(|text| !text.is_empty()), verbatim)
}
