//! Tables in the order of their foreign keys.

use crate::schema::Table;

/// The tables, each after those that it refers to; within a circle, and otherwise, in the given order.
pub(super) fn parents_first<'a>(tables: impl Iterator<Item = &'a Table>) -> Vec<&'a Table> {
    let mut waiting: Vec<&Table> = tables.collect();
    let mut ordered = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let free = waiting.iter().position(|table| !waiting.iter().any(|other| refers(table, other)));
        ordered.push(waiting.remove(free.unwrap_or(0)));
    }
    ordered
}

/// True where a foreign key of `table` points at another table `target`.
pub(super) fn refers(table: &Table, target: &Table) -> bool {
    table.name != target.name && table.foreign_keys.iter().any(|key| key.to_table == target.name)
}
