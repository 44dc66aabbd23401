//! Rows, counted.

use super::check::condition as check_condition;
use super::conversion::rule;
use super::literal::text;
use super::quote::quote;
use crate::ddl::Condition;
use crate::field::Sql;
use crate::schema::ForeignKey;

/// A query of one number: the rows, or for duplicates the groups, that meet the condition.
pub(super) fn count(table: &str, condition: &Condition) -> String {
    let rows = format!("SELECT count(*) FROM {}", quote(table));
    match condition {
        Condition::Any => rows,
        Condition::Null { column } => format!("{rows} WHERE {} IS NULL", quote(column)),
        Condition::Duplicate { columns, among, expression } => {
            duplicates(table, columns, among.as_ref(), expression.as_ref())
        }
        Condition::Breaks(check) => format!("{rows} WHERE NOT ({})", check_condition(check)),
        Condition::Orphan(key) => orphans(table, key),
        Condition::Refers(key) => {
            let wanted: Vec<String> = key.columns.iter().map(|c| format!("{} IS NOT NULL", quote(c))).collect();
            format!("{rows} WHERE {}", wanted.join(" AND "))
        }
        Condition::Lossy(columns) => {
            let columns = columns.as_ref().as_ref();
            let lost = rule(columns).lossy.unwrap_or_else(|| "false".to_owned());
            format!("{rows} WHERE {} IS NOT NULL AND ({lost})", quote(&columns.previous.name))
        }
    }
}

/// NULLs are distinct from each other unless a constraint says otherwise:
/// <https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS>.
fn duplicates(table: &str, columns: &[String], among: Option<&Sql>, expression: Option<&Sql>) -> String {
    let mut keys: Vec<String> = columns.iter().map(|column| quote(column)).collect();
    keys.extend(expression.map(|sql| format!("({})", text(sql))));
    let mut wanted: Vec<String> = keys.iter().map(|key| format!("{key} IS NOT NULL")).collect();
    wanted.extend(among.map(|sql| format!("({})", text(sql))));
    format!(
        "SELECT count(*) FROM (SELECT 1 FROM {} WHERE {} GROUP BY {} HAVING count(*) > 1) AS shared",
        quote(table),
        wanted.join(" AND "),
        keys.join(", ")
    )
}

/// A foreign key of several columns holds where one of them is NULL (MATCH SIMPLE):
/// <https://www.postgresql.org/docs/current/sql-createtable.html>.
fn orphans(table: &str, key: &ForeignKey) -> String {
    let wanted: Vec<String> = key.columns.iter().map(|column| format!("child.{} IS NOT NULL", quote(column))).collect();
    let pairs = key.columns.iter().zip(&key.to_columns);
    let equal: Vec<String> =
        pairs.map(|(here, there)| format!("parent.{} = child.{}", quote(there), quote(here))).collect();
    format!(
        "SELECT count(*) FROM {} AS child WHERE {} AND NOT EXISTS (SELECT 1 FROM {} AS parent WHERE {})",
        quote(table),
        wanted.join(" AND "),
        quote(&key.to_table),
        equal.join(" AND ")
    )
}
