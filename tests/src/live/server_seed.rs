//! Rows for every table of a state on a server.

use std::collections::BTreeMap;

use fastdjango_core::field::{ColumnType, Engine};
use fastdjango_core::schema::{CheckExpression, Column, ForeignKey, Table};
use fastdjango_core::state::ProjectState;

use super::Server;
use super::database::literal;
use super::rows::tables;

/// Puts a few rows into every table; a row that the table does not want is left out.
pub async fn server_seed(live: &mut Server, state: &ProjectState) {
    let tables: Vec<Table> = tables(state).into_iter().map(|lowered| lowered.table).collect();
    for _ in 0..2 {
        for table in &tables {
            for number in 1..=3 {
                if let Some(row) = row(live, table, number).await {
                    let columns: Vec<String> = row.keys().map(|column| live.dialect().quote(column)).collect();
                    let values: Vec<&str> = row.values().map(String::as_str).collect();
                    let (columns, values) = (columns.join(", "), values.join(", "));
                    let _ = live
                        .run(&format!(
                            "INSERT INTO {} ({columns}) VALUES ({values})",
                            live.dialect().quote(&table.name)
                        ))
                        .await;
                }
            }
        }
    }
}

async fn row(live: &mut Server, table: &Table, number: usize) -> Option<BTreeMap<String, String>> {
    let mut row = BTreeMap::new();
    for column in table.columns.iter().filter(|column| column.generated.is_none()) {
        let null = column.null && number == 3;
        row.insert(
            column.name.clone(),
            if null { "NULL".to_owned() } else { value(live.dialect().engine(), table, column, number) },
        );
    }
    for key in &table.foreign_keys {
        match parent(live, key, number).await {
            Some(values) => row.extend(key.columns.iter().cloned().zip(values.iter().map(|value| literal(value)))),
            None if key.columns.iter().any(|c| table.column(c).is_some_and(|column| column.null)) => {
                row.extend(key.columns.iter().map(|column| (column.clone(), "NULL".to_owned())));
            }
            None => return None,
        }
    }
    Some(row)
}

/// The referred columns of some row that is there.
async fn parent(live: &mut Server, key: &ForeignKey, number: usize) -> Option<Vec<String>> {
    let text = if live.dialect().engine() == Engine::Postgres { "text" } else { "char" };
    let columns: Vec<String> =
        key.to_columns.iter().map(|column| format!("CAST({} AS {text})", live.dialect().quote(column))).collect();
    let rows = live
        .texts(&format!("SELECT {} FROM {} ORDER BY 1", columns.join(", "), live.dialect().quote(&key.to_table)))
        .await;
    rows.get(number % rows.len().max(1)).cloned()
}

/// A literal without a type takes that of its column.
fn value(engine: Engine, table: &Table, column: &Column, number: usize) -> String {
    let choices = table.checks.iter().find_map(|check| match &check.expression {
        CheckExpression::OneOf { column: own, values } if *own == column.name => Some(values),
        _ => None,
    });
    if let Some(values) = choices {
        return literal(&values[number % values.len()]);
    }
    literal(&match &column.ty {
        ColumnType::Boolean if engine == Engine::Postgres => number.is_multiple_of(2).to_string(),
        ColumnType::Boolean => (number % 2).to_string(),
        ColumnType::Binary if engine == Engine::Postgres => format!("\\x3{number}"),
        ColumnType::Uuid => format!("123e4567-e89b-12d3-a456-42661417400{number}"),
        ColumnType::Numeric(..) | ColumnType::Real | ColumnType::Double => format!("{number}.5"),
        ColumnType::Date => format!("2020-01-0{number}"),
        ColumnType::Time => format!("12:30:0{number}"),
        ColumnType::Timestamp | ColumnType::TimestampTz => format!("2020-01-0{number} 12:30:00"),
        ColumnType::Json => format!("{{\"a\":{number}}}"),
        ColumnType::Inet => format!("10.0.0.{number}"),
        ColumnType::Array(_) => "{}".to_owned(),
        ColumnType::SmallInt
        | ColumnType::Integer
        | ColumnType::BigInt
        | ColumnType::Varchar(_)
        | ColumnType::Text
        | ColumnType::Binary
        | ColumnType::Enum(_)
        | ColumnType::Custom(_) => number.to_string(),
    })
}
