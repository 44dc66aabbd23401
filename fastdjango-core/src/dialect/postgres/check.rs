//! What a check says, in SQL.

use super::literal::{quoted, text};
use super::quote::quote;
use crate::schema::CheckExpression;

/// What a check says.
pub(super) fn condition(expression: &CheckExpression) -> String {
    match expression {
        CheckExpression::Sql(sql) => text(sql).to_owned(),
        CheckExpression::OneOf { column, values } => {
            let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            format!("{} IN ({})", quote(column), values.join(", "))
        }
        CheckExpression::NonNegative { column } => format!("{} >= 0", quote(column)),
    }
}
