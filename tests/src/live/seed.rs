//! Rows for every table of a state: values of every kind, and references to rows that are there.

use std::collections::BTreeMap;

use fastdjango_core::field::{ColumnType, Engine};
use fastdjango_core::schema::{CheckExpression, Column, ForeignKey, Table};
use fastdjango_core::state::{FieldState, ProjectState};

use super::Live;
use super::database::literal;
use super::rows::tables;
use super::tongue::{as_sql, lenient, literal_of, quoted, quoted_table, text_type};
use crate::generate::Dice;

/// Puts a few rows into every table that has none; a row that the table does not want is left out.
pub async fn seed(live: &mut Live, state: &ProjectState, dice: &mut Dice) {
    let tables: Vec<Table> = tables(state).into_iter().map(|lowered| lowered.table).collect();
    // A second pass for those whose parents came later.
    for _ in 0..2 {
        for table in &tables {
            if live.text(&format!("SELECT count(*) FROM {}", quoted_table(live.engine(), &table.name))).await != "0" {
                continue;
            }
            for number in 1..=3 {
                if let Some(row) = row(live, (table, &tables), number, dice).await {
                    insert(live, table, &row).await;
                }
            }
        }
    }
}

/// A value that the field can refer by, as SQL; none where its target has no rows.
pub async fn key_of(live: &mut Live, state: &ProjectState, field: &FieldState) -> Option<String> {
    let reference = field.reference()?;
    let (table, column) = (&state.models.get(&reference.to)?.table, state.referenced_field(reference)?.column_name()?);
    let (column, table) = (quoted(live.engine(), &column), quoted_table(live.engine(), table));
    let text = text_type(live.engine());
    let sql = format!("SELECT CAST({column} AS {text}) FROM {table} ORDER BY 1 LIMIT 1");
    live.texts(&sql).await.pop()?.pop().filter(|text| !text.is_empty())
}

async fn insert(live: &mut Live, table: &Table, row: &BTreeMap<String, String>) {
    let engine = live.engine();
    let columns: Vec<String> = row.keys().map(|column| quoted(engine, column)).collect();
    let values: Vec<&str> = row.values().map(String::as_str).collect();
    let (columns, values) = (columns.join(", "), values.join(", "));
    let insert = format!("INSERT INTO {} ({columns}) VALUES ({values})", quoted_table(engine, &table.name));
    // An error would be one of a reference; the others are ignored by the statement itself.
    let _ = live.run(&lenient(engine, &insert)).await;
}

async fn row(
    live: &mut Live,
    (table, all): (&Table, &[Table]),
    number: usize,
    dice: &mut Dice,
) -> Option<BTreeMap<String, String>> {
    let mut row = BTreeMap::new();
    for column in table.columns.iter().filter(|column| column.generated.is_none()) {
        let value = if column.null && dice.once_in(3) {
            "NULL".to_owned()
        } else {
            value(live.engine(), table, column, number, dice)
        };
        row.insert(column.name.clone(), value);
    }
    for key in &table.foreign_keys {
        let fits = is_of_the_targets_types(table, key, all);
        match parent(live, key, dice).await.filter(|_| fits) {
            Some(values) => row.extend(key.columns.iter().cloned().zip(values)),
            None if key.columns.iter().any(|c| table.column(c).is_some_and(|column| column.null)) => {
                row.extend(key.columns.iter().map(|column| (column.clone(), "NULL".to_owned())));
            }
            None if key.to_table == table.name && fits => {
                let own: Vec<String> = key.to_columns.iter().filter_map(|column| row.get(column).cloned()).collect();
                row.extend(key.columns.iter().cloned().zip(own));
            }
            None => return None,
        }
    }
    Some(row)
}

/// The referred columns of some row that is there.
async fn parent(live: &mut Live, key: &ForeignKey, dice: &mut Dice) -> Option<Vec<String>> {
    let engine = live.engine();
    let columns: Vec<String> = key.to_columns.iter().map(|column| literal_of(engine, &key.to_table, column)).collect();
    let rows = live.texts(&format!("SELECT {} FROM {}", columns.join(", "), quoted_table(engine, &key.to_table))).await;
    Some(dice.pick(&rows)?.iter().map(|value| as_sql(engine, value)).collect())
}

/// False between two migrations of which the second has yet to give the key the types of its target's columns.
fn is_of_the_targets_types(table: &Table, key: &ForeignKey, all: &[Table]) -> bool {
    let Some(target) = all.iter().find(|target| target.name == key.to_table) else { return false };
    let mut pairs = key.columns.iter().zip(&key.to_columns);
    pairs.all(|(here, there)| table.column(here).map(|c| &c.ty) == target.column(there).map(|c| &c.ty))
}

fn value(engine: Engine, table: &Table, column: &Column, number: usize, dice: &mut Dice) -> String {
    let choices = table.checks.iter().find_map(|check| match &check.expression {
        CheckExpression::OneOf { column: own, values } if *own == column.name => Some(values),
        _ => None,
    });
    if let Some(values) = choices {
        return literal(&values[number % values.len()]);
    }
    // A server takes a text for a truth, and no number; `SQLite` takes it as it is written.
    let bare: &[char] = if engine == Engine::Sqlite { &['\''] } else { &[] };
    let texts = [format!("{number}0"), format!("it's {number} \"ü\""), number.to_string(), format!("{number}.50")];
    match &column.ty {
        ColumnType::Boolean => literal(&(number % 2).to_string()).trim_matches(bare).to_owned(),
        ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt => {
            [number, number * 10][dice.below(2)].to_string()
        }
        ColumnType::Varchar(letters) if engine != Engine::Sqlite => {
            let mut short = texts.iter().filter(|text| text.chars().count() <= *letters as usize);
            literal(short.nth(dice.below(4)).unwrap_or(&texts[2]))
        }
        ColumnType::Varchar(_) | ColumnType::Text => literal(&texts[dice.below(4)]),
        ColumnType::Binary => as_sql(engine, &format!("X'3{number}'")),
        ColumnType::Uuid => format!("'123e4567-e89b-12d3-a456-42661417400{number}'"),
        ColumnType::Numeric(digits, scale) if *digits > 15 => {
            format!("'{number}.{}'", "50".repeat(*scale as usize / 2))
        }
        ColumnType::Numeric(..) | ColumnType::Real | ColumnType::Double => {
            [format!("{number}.5"), number.to_string()][dice.below(2)].clone()
        }
        ColumnType::Date => format!("'2020-01-0{number}'"),
        ColumnType::Time => format!("'12:30:0{number}'"),
        ColumnType::Timestamp | ColumnType::TimestampTz => {
            format!("'2020-01-0{number} {}'", ["00:00:00", "12:30:00"][dice.below(2)])
        }
        ColumnType::Json => format!("'{{\"a\":{number}}}'"),
        ColumnType::Inet => format!("'10.0.0.{number}'"),
        ColumnType::Array(_) if engine == Engine::Postgres => "'{}'".to_owned(),
        ColumnType::Enum(_) | ColumnType::Custom(_) | ColumnType::Opaque { .. } | ColumnType::Array(_) => {
            literal(&texts[0])
        }
    }
}
