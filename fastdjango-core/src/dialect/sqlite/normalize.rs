//! A schema as it would read in `SQLite`'s catalog.

use super::conversion::effective_type;
use crate::field::{ColumnType, Engine, Sql};
use crate::schema::{Index, Schema, Table};

/// Drops what `SQLite` does not keep, and says the rest as it would say it.
pub(super) fn normalize(schema: &mut Schema) {
    schema.check_enums();
    for table in schema.tables.values_mut() {
        table.comment = None;
        normalize_columns(table);
        normalize_uniques(table);
        for index in &mut table.indexes {
            normalize_index(index);
        }
        for check in &mut table.checks {
            let text = super::WORDS.condition(&check.expression);
            check.expression = crate::schema::CheckExpression::Sql(Sql::any(text));
        }
    }
}

fn normalize_columns(table: &mut Table) {
    for column in &mut table.columns {
        column.ty = effective_type(column);
        column.db_type = None;
        column.comment = None;
        // The one that every column has: https://www.sqlite.org/datatype3.html#collation
        let is_default = |sql: &Sql| sql.texts().all(|name| name.eq_ignore_ascii_case("binary"));
        column.collation = column.collation.as_ref().map(own).filter(|sql| !is_default(sql));
        normalize_default(column);
        if let Some(generated) = &mut column.generated {
            generated.expression = own(&generated.expression);
        }
        if column.auto {
            column.ty = ColumnType::Integer;
        }
        if table.primary_key.contains(&column.name) {
            column.null = false;
        }
    }
}

/// What the key keeps unique already, or another constraint, gets no index of its own, and the catalog does not show it.
///
/// A key that is the row's number has no index itself: <https://www.sqlite.org/lang_createtable.html#rowid>.
fn normalize_uniques(table: &mut Table) {
    let numbers = |name: &String| table.column(name).is_some_and(|column| column.ty == ColumnType::Integer);
    let is_rowid = table.primary_key.len() == 1 && table.primary_key.iter().all(numbers);
    let mut known: Vec<Vec<String>> = Vec::new();
    if !is_rowid {
        known.push(table.primary_key.clone());
    }
    table.uniques.retain(|unique| {
        let new = !known.contains(&unique.columns);
        known.push(unique.columns.clone());
        new
    });
}

fn normalize_default(column: &mut crate::schema::Column) {
    let text = column.default.as_ref().map(|value| super::literal::default(value, column));
    column.default = text.map(|text| crate::field::Default::Sql { sql: Sql::any(text) });
}

/// Operator classes and methods were refused when they were planned; a catalog has none.
fn normalize_index(index: &mut Index) {
    index.expression = index.expression.as_ref().map(own);
    index.condition = index.condition.as_ref().map(own);
}

fn own(sql: &Sql) -> Sql {
    sql.for_engine(Engine::Sqlite).map_or_else(|| sql.clone(), Sql::any)
}
