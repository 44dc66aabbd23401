//! A schema as it would read in the catalog, as far as that can be said without asking the server.

use super::Mysql;
use super::literal::default;
use super::quote::quote;
use super::types::{effective_type, is_number};
use crate::field::{ColumnType, Default, OnDelete, Sql};
use crate::schema::{Check, CheckExpression, Column, ForeignKey, Index, IndexColumn, Schema, Table, same_sql};

/// Says types by their names, every fragment by its own text, and adds the indexes that serve foreign keys.
pub(super) fn normalize(mysql: Mysql, schema: &mut Schema) {
    let words = mysql.words();
    schema.check_enums();
    follow_targets(schema);
    for table in schema.tables.values_mut() {
        for column in &mut table.columns {
            normalize_column(mysql, column);
            if table.primary_key.contains(&column.name) {
                column.null = false;
            }
        }
        for index in &mut table.indexes {
            index.expression = index.expression.as_ref().map(|sql| Sql::any(words.text(sql)));
        }
        for check in &mut table.checks {
            check.expression = CheckExpression::Sql(Sql::any(words.condition(&check.expression)));
        }
        if !mysql.facts.json_type {
            know_json(table);
        }
        if !mysql.facts.no_action {
            for action in table.foreign_keys.iter_mut().flat_map(|key| [&mut key.on_delete, &mut key.on_update]) {
                *action = if *action == OnDelete::NoAction { OnDelete::Restrict } else { *action };
            }
        }
        serve_foreign_keys(table);
    }
}

/// Every composite foreign key in the order of its target's key, as the planner writes it.
fn follow_targets(schema: &mut Schema) {
    let targets = schema.tables.clone();
    for key in schema.tables.values_mut().flat_map(|table| &mut table.foreign_keys) {
        if let Some(target) = targets.get(&key.to_table).filter(|_| key.columns.len() > 1) {
            key.follow(target);
        }
    }
}

/// A text that is checked to be JSON is what `json` stands for: <https://mariadb.com/kb/en/json-data-type/>.
fn know_json(table: &mut Table) {
    let Table { columns, checks, .. } = table;
    for column in columns.iter_mut().filter(|column| matches!(column.ty, ColumnType::Text | ColumnType::Json)) {
        let valid = format!("json_valid({})", quote(&column.name));
        let is_valid = |check: &Check| matches!(&check.expression, CheckExpression::Sql(sql) if same_sql(&sql.to_string(), &valid));
        if checks.iter().any(is_valid) && column.ty == ColumnType::Text {
            column.ty = ColumnType::Json;
            checks.retain(|check| !is_valid(check));
        }
        if column.ty == ColumnType::Json {
            column.collation = None;
        }
    }
}

fn normalize_column(mysql: Mysql, column: &mut Column) {
    let words = mysql.words();
    let ty = effective_type(column, &mysql.facts);
    let text = column.default.as_ref().map(|value| said(default(mysql, value, column), &ty));
    column.default = text.map(|text| Default::Sql { sql: Sql::any(text) });
    column.ty = ty;
    column.db_type = None;
    let own =
        |sql: &Sql| Some(words.text(sql).into_owned()).filter(|name| mysql.facts.collation != Some(name.as_str()));
    column.collation = column.collation.as_ref().and_then(own).map(Sql::any);
    if let Some(generated) = &mut column.generated {
        generated.expression = Sql::any(words.text(&generated.expression));
        column.null |= !mysql.facts.computed_not_null;
    }
    column.null &= !column.auto;
}

/// A literal as every server would print it: a number without quotes and trailing zeros, 1 for TRUE, a moment without the zeros
/// of its fraction; an expression as it is.
fn said(text: String, ty: &ColumnType) -> String {
    let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let bare = inner.filter(|inner| !inner.contains(['(', ')'])).unwrap_or(&text);
    let short = match bare {
        "TRUE" => Some("1".to_owned()),
        "FALSE" => Some("0".to_owned()),
        written if is_number(ty) => number(written.trim_matches('\'')).map(str::to_owned),
        written if matches!(ty, ColumnType::Boolean) => number(written.trim_matches('\'')).map(str::to_owned),
        written if matches!(ty, ColumnType::Time | ColumnType::Timestamp) => moment(written),
        _ => None,
    };
    short.unwrap_or(text)
}

fn moment(text: &str) -> Option<String> {
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    let (whole, fraction) = inner.split_once('.').unwrap_or((inner, ""));
    let fraction = fraction.trim_end_matches('0');
    Some(if fraction.is_empty() { format!("'{whole}'") } else { format!("'{whole}.{fraction}'") })
}

fn number(text: &str) -> Option<&str> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || b"-.".contains(&byte));
    let short = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    plain.then_some(short)
}

/// A foreign key makes an index of its own name where no other begins with its columns; we write it out, so that it does not
/// come and go unseen. <https://dev.mysql.com/doc/refman/8.0/en/create-table-foreign-keys.html>
fn serve_foreign_keys(table: &mut Table) {
    for key in table.foreign_keys.clone() {
        let Some(name) = key.name.clone().filter(|_| !is_served(table, &key)) else { continue };
        let columns = key.columns.iter().map(|name| IndexColumn::new(name.clone())).collect();
        table.indexes.push(Index {
            name,
            columns,
            expression: None,
            unique: false,
            condition: None,
            include: Vec::new(),
            method: None,
            opclass: None,
            verbatim: false,
        });
    }
}

fn is_served(table: &Table, key: &ForeignKey) -> bool {
    let index = |index: &Index| {
        let begins = index.columns.iter().take(key.columns.len());
        index.columns.len() >= key.columns.len()
            && !index.is_fulltext()
            && begins.zip(&key.columns).all(|(column, wanted)| *column == IndexColumn::new(wanted.clone()))
    };
    table.primary_key.starts_with(&key.columns)
        || table.uniques.iter().any(|unique| unique.columns.starts_with(&key.columns))
        || table.indexes.iter().any(index)
}
