//! Foreign keys and unique constraints of the catalog.

use std::collections::BTreeMap;

use super::introspect::{number, text};
use super::parse_table::TableText;
use super::session::Session;
use crate::backend::Value;
use crate::backend::fault::Attempt;
use crate::backend::names::literal;
use crate::field::OnDelete;
use crate::schema::{ForeignKey, Schema, Table, Unique};

/// Foreign keys, in the order in which they are written.
///
/// <https://www.sqlite.org/pragma.html#pragma_foreign_key_list> numbers them from the last one backwards.
pub(super) async fn foreign_keys(session: &mut Session, table: &str, parsed: &TableText) -> Attempt<Vec<ForeignKey>> {
    let sql = format!(
        "SELECT id, \"table\", \"from\", \"to\", on_delete, on_update FROM pragma_foreign_key_list({}) ORDER BY id DESC, seq",
        literal(table)
    );
    let mut keys: Vec<(i64, ForeignKey)> = Vec::new();
    for row in session.query(&sql).await? {
        let id = number(&row, 0);
        if keys.last().is_none_or(|(last, _)| *last != id) {
            keys.push((id, foreign_key(&row)));
        }
        if let Some((_, key)) = keys.last_mut() {
            key.columns.push(text(&row, 2));
            key.to_columns.extend(row.get(3).and_then(Value::text).map(str::to_owned));
        }
    }
    let mut keys: Vec<ForeignKey> = keys.into_iter().map(|(_, key)| key).collect();
    if keys.len() == parsed.foreign_keys.len() {
        for (key, written) in keys.iter_mut().zip(&parsed.foreign_keys) {
            key.name.clone_from(&written.name);
            key.deferrable = written.deferrable;
        }
    }
    Ok(keys)
}

fn foreign_key(row: &[Value]) -> ForeignKey {
    ForeignKey {
        name: None,
        columns: Vec::new(),
        to_table: text(row, 1),
        to_columns: Vec::new(),
        on_delete: action(&text(row, 4)),
        on_update: action(&text(row, 5)),
        deferrable: None,
    }
}

fn action(sql: &str) -> OnDelete {
    let all = [OnDelete::Cascade, OnDelete::Restrict, OnDelete::SetNull, OnDelete::SetDefault];
    all.into_iter().find(|action| action.sql().eq_ignore_ascii_case(sql)).unwrap_or_default()
}

/// Unique constraints, in the order in which they are written.
pub(super) async fn uniques(session: &mut Session, table: &str, parsed: &TableText) -> Attempt<Vec<Unique>> {
    let sql = format!(
        "SELECT list.name, info.name FROM pragma_index_list({}) list, pragma_index_info(list.name) info \
         WHERE list.origin = 'u' ORDER BY length(list.name), list.name, info.seqno",
        literal(table)
    );
    let mut constraints: BTreeMap<(usize, String), Vec<String>> = BTreeMap::new();
    for row in session.query(&sql).await? {
        let index = text(&row, 0);
        constraints.entry((index.len(), index)).or_default().push(text(&row, 1));
    }
    let mut uniques: Vec<(usize, Unique)> = constraints.into_values().map(|columns| unique(columns, parsed)).collect();
    uniques.sort_by_key(|(place, _)| *place);
    Ok(uniques.into_iter().map(|(_, unique)| unique).collect())
}

/// A constraint with its place in the text.
fn unique(columns: Vec<String>, parsed: &TableText) -> (usize, Unique) {
    let place = parsed.uniques.iter().position(|written| same(&written.columns, &columns));
    let name = place.and_then(|place| parsed.uniques.get(place)).and_then(|written| written.name.clone());
    (place.unwrap_or(usize::MAX), Unique { name, columns, deferrable: None, nulls_not_distinct: false })
}

fn same(one: &[String], other: &[String]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a.eq_ignore_ascii_case(b))
}

/// Writes the targets of foreign keys as the targets write themselves, and names the columns of those that name none.
pub(super) fn resolve(schema: &mut Schema) {
    let targets: BTreeMap<String, Table> =
        schema.tables.iter().map(|(name, table)| (name.to_lowercase(), table.clone())).collect();
    for key in schema.tables.values_mut().flat_map(|table| &mut table.foreign_keys) {
        let Some(target) = targets.get(&key.to_table.to_lowercase()) else { continue };
        key.to_table.clone_from(&target.name);
        if key.to_columns.is_empty() {
            key.to_columns.clone_from(&target.primary_key);
        }
        for column in &mut key.to_columns {
            if let Some(written) = target.columns.iter().find(|written| written.name.eq_ignore_ascii_case(column)) {
                column.clone_from(&written.name);
            }
        }
    }
}
