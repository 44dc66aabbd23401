//! What is expected, with the words of the server in it.

use crate::field::ColumnType;
use crate::schema::{Column, Index, Table};

/// Takes over what the server printed of the same table. Words only: what a table consists of stays as the models mean it, so that
/// nothing which was not written is taken for what was meant.
pub(super) fn merge(table: &mut Table, printed: &Table) {
    for column in &mut table.columns {
        if let Some(said) = printed.columns.iter().find(|said| said.name == column.name) {
            merge_column(column, said);
        }
    }
    for check in &mut table.checks {
        if let Some(said) = printed.checks.iter().find(|said| said.name == check.name) {
            check.expression = said.expression.clone();
        }
    }
    for index in &mut table.indexes {
        if let Some(said) = printed.indexes.iter().find(|said| said.name == index.name) {
            merge_index(index, said);
        }
    }
}

fn merge_column(column: &mut Column, said: &Column) {
    if is_custom(&column.ty) {
        column.ty = said.ty.clone();
    }
    // What the type has by itself is none of the model's, and none that the catalog shows.
    column.default = said.default.clone().or(column.default.take());
    column.collation = column.collation.take().and(said.collation.clone());
    if let (Some(generated), Some(said)) = (&mut column.generated, &said.generated) {
        generated.expression = said.expression.clone();
    }
}

/// A type that the model spells itself.
fn is_custom(ty: &ColumnType) -> bool {
    match ty {
        ColumnType::Custom(_) | ColumnType::Opaque { .. } => true,
        ColumnType::Array(element) => is_custom(element),
        ColumnType::Boolean
        | ColumnType::SmallInt
        | ColumnType::Integer
        | ColumnType::BigInt
        | ColumnType::Real
        | ColumnType::Double
        | ColumnType::Varchar(_)
        | ColumnType::Text
        | ColumnType::Binary
        | ColumnType::Uuid
        | ColumnType::Numeric(..)
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::Timestamp
        | ColumnType::TimestampTz
        | ColumnType::Json
        | ColumnType::Inet
        | ColumnType::Enum(_) => false,
    }
}

fn merge_index(index: &mut Index, said: &Index) {
    if index.expression.is_some() || said.expression.is_some() {
        // A column in parentheses is a column, and what no index of ours can say is all of it.
        index.columns.clone_from(&said.columns);
    }
    index.expression.clone_from(&said.expression);
    index.condition.clone_from(&said.condition);
    index.opclass.clone_from(&said.opclass);
}
