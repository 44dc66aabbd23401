//! Literals, as the type of their column demands.

use super::Mysql;
use super::types::{effective_type, is_long, is_number};
#[cfg(feature = "render")]
use crate::dialect::Capabilities;
use crate::field::{ColumnType, Default, Literal, Sql};
use crate::schema::Column;

/// A default, ready for `DEFAULT`: an expression stands in parentheses, and so does a literal of a long type.
///
/// <https://dev.mysql.com/doc/refman/8.0/en/data-type-defaults.html>
pub(super) fn default(mysql: Mysql, value: &Default, column: &Column) -> String {
    let ty = effective_type(column, &mysql.facts);
    match value {
        Default::Value(value) if is_long(&ty) => format!("({})", literal(value, &ty)),
        Default::Value(value) => literal(value, &ty),
        Default::Sql { sql } if ty == ColumnType::Timestamp && is_now(sql) => NOW.to_owned(),
        Default::Sql { sql } => format!("({})", mysql.words().text(sql)),
    }
}

/// The value of rows that exist.
#[cfg(feature = "render")]
pub(super) fn value(mysql: Mysql, value: &Default, column: &Column) -> String {
    match value {
        Default::Value(value) => of_column(value, column, &mysql.facts),
        Default::Sql { sql } => format!("({})", mysql.words().text(sql)),
    }
}

/// A value in the type of its column.
#[cfg(feature = "render")]
pub(super) fn of_column(value: &Literal, column: &Column, facts: &Capabilities) -> String {
    literal(value, &effective_type(column, facts))
}

/// The moment with the microseconds that its column keeps; without them, it has none.
const NOW: &str = "CURRENT_TIMESTAMP(6)";

fn is_now(sql: &Sql) -> bool {
    let Sql::Any(text) = sql else { return false };
    ["current_timestamp", "now()"].iter().any(|now| text.trim().eq_ignore_ascii_case(now))
}

/// A literal in a column's type.
fn literal(literal: &Literal, ty: &ColumnType) -> String {
    match literal {
        Literal::Boolean(value) if *ty == ColumnType::Boolean => value.to_string().to_uppercase(),
        Literal::Boolean(value) => i64::from(*value).to_string(),
        Literal::Integer(value) if is_number(ty) => value.to_string(),
        Literal::Integer(value) if *ty == ColumnType::Boolean => (*value != 0).to_string().to_uppercase(),
        Literal::Integer(value) => quoted(&value.to_string()),
        Literal::Real(value) if is_number(ty) => value.0.to_string(),
        Literal::Real(value) => quoted(&value.0.to_string()),
        Literal::Text(value) if *ty == ColumnType::Binary => format!("x'{value}'"),
        Literal::Text(value) => quoted(value),
    }
}

/// Text in quotes. A backslash is doubled: the session has no `NO_BACKSLASH_ESCAPES`.
///
/// <https://dev.mysql.com/doc/refman/8.0/en/string-literals.html>
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}
