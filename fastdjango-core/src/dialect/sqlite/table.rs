//! Definitions: columns, constraints, indexes.

use super::WORDS;
use super::literal::default;
use super::quote::quote;
use super::types::column_type;
use crate::field::{Deferrable, Engine, OnDelete, Sql};
use crate::schema::{Check, Column, ForeignKey, Index, Table, Unique};

/// `CREATE TABLE`, one column or constraint a line: <https://www.sqlite.org/lang_createtable.html>.
pub(super) fn create_table(table: &Table) -> String {
    let single = |column: &Column| table.primary_key.as_slice() == std::slice::from_ref(&column.name);
    let mut lines: Vec<String> = table.columns.iter().map(|c| definition(c, single(c))).collect();
    if table.primary_key.len() > 1 {
        lines.push(format!("PRIMARY KEY {}", WORDS.list(&table.primary_key)));
    }
    lines.extend(table.uniques.iter().map(unique));
    lines.extend(
        table.foreign_keys.iter().map(|key| {
            named(key.name.as_ref(), &format!("FOREIGN KEY {} {}", WORDS.list(&key.columns), references(key)))
        }),
    );
    lines.extend(table.checks.iter().map(check));
    format!("CREATE TABLE {} (\n    {}\n)", quote(&table.name), lines.join(",\n    "))
}

/// A column as `CREATE TABLE` and `ADD COLUMN` define it.
///
/// Only a column declared exactly `integer` as the primary key is the rowid: <https://www.sqlite.org/lang_createtable.html#rowid>.
pub(super) fn definition(column: &Column, is_key: bool) -> String {
    let mut words = vec![quote(&column.name), declared_type(column)];
    if let Some(collation) = column.collation.as_ref().map(|sql| WORDS.text(sql)) {
        words.push(format!("COLLATE {collation}"));
    }
    if !column.null || is_key {
        words.push("NOT NULL".to_owned());
    }
    if let Some(value) = &column.default {
        words.push(format!("DEFAULT {}", default(value, column)));
    }
    if let Some(generated) = &column.generated {
        let kept = if generated.stored { "STORED" } else { "VIRTUAL" };
        words.push(format!("GENERATED ALWAYS AS ({}) {kept}", WORDS.text(&generated.expression)));
    }
    if is_key {
        words.push("PRIMARY KEY".to_owned());
        if column.auto {
            words.push("AUTOINCREMENT".to_owned());
        }
    }
    words.join(" ")
}

fn declared_type(column: &Column) -> String {
    if column.auto {
        return "integer".to_owned();
    }
    let own = column.db_type.as_ref().and_then(|sql| sql.for_engine(Engine::Sqlite));
    own.map_or_else(|| column_type(&column.ty), str::to_owned)
}

fn unique(unique: &Unique) -> String {
    named(unique.name.as_ref(), &format!("UNIQUE {}", WORDS.list(&unique.columns)))
}

/// A check with its name.
pub(super) fn check(check: &Check) -> String {
    named(check.name.as_ref(), &format!("CHECK ({})", WORDS.condition(&check.expression)))
}

/// The `REFERENCES` of a foreign key: <https://www.sqlite.org/foreignkeys.html>.
pub(super) fn references(key: &ForeignKey) -> String {
    let mut words = vec![format!("REFERENCES {} {}", quote(&key.to_table), WORDS.list(&key.to_columns))];
    for (event, action) in [("ON DELETE", key.on_delete), ("ON UPDATE", key.on_update)] {
        if action != OnDelete::NoAction {
            words.push(format!("{event} {}", action.sql()));
        }
    }
    match key.deferrable {
        Some(Deferrable::Deferred) => words.push("DEFERRABLE INITIALLY DEFERRED".to_owned()),
        Some(Deferrable::Immediate) => words.push("DEFERRABLE INITIALLY IMMEDIATE".to_owned()),
        None => {}
    }
    words.join(" ")
}

/// `CONSTRAINT "name" …`.
pub(super) fn named(name: Option<&String>, clause: &str) -> String {
    name.map_or_else(|| clause.to_owned(), |name| format!("CONSTRAINT {} {clause}", quote(name)))
}

/// `CREATE INDEX`: <https://www.sqlite.org/lang_createindex.html>.
pub(super) fn create_index(table: &str, index: &Index) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let side = |descending: bool| if descending { " DESC" } else { "" };
    let mut keys: Vec<String> = index.columns.iter().map(|c| quote(&c.name) + side(c.descending)).collect();
    keys.extend(index.expression.as_ref().map(|sql| WORDS.text(sql).into_owned()));
    let condition =
        index.condition.as_ref().map_or_else(String::new, |sql: &Sql| format!(" WHERE {}", WORDS.text(sql)));
    format!("CREATE {unique}INDEX {} ON {} ({}){condition}", quote(&index.name), quote(table), keys.join(", "))
}
