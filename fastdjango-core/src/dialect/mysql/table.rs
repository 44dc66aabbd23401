//! Definitions: columns, constraints, indexes.

use super::Mysql;
use super::literal::{default, quoted};
use super::quote::quote;
use super::types::column_type;
use crate::field::OnDelete;
use crate::schema::{Check, Column, ForeignKey, Index, Table, Unique};

/// `CREATE TABLE`, one column, constraint or index a line, and all that a server would otherwise decide by its settings.
///
/// <https://dev.mysql.com/doc/refman/8.0/en/create-table.html>
pub(super) fn create_table(mysql: Mysql, table: &Table) -> String {
    let mut lines: Vec<String> = table.columns.iter().map(|column| definition(mysql, column)).collect();
    if !table.primary_key.is_empty() {
        lines.push(format!("PRIMARY KEY {}", mysql.words().list(&table.primary_key)));
    }
    lines.extend(table.uniques.iter().map(|one| unique(mysql, one)));
    lines.extend(table.indexes.iter().map(|one| index(mysql, one)));
    lines.extend(table.foreign_keys.iter().map(|key| foreign_key(mysql, key)));
    lines.extend(table.checks.iter().map(|one| check(mysql, one)));
    let comment = table.comment.as_ref().map_or_else(String::new, |text| format!(" COMMENT={}", quoted(text)));
    let collation = mysql.facts.collation.map_or_else(String::new, |name| format!(" COLLATE={name}"));
    format!(
        "CREATE TABLE {} (\n    {}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4{collation}{comment}",
        quote(&table.name),
        lines.join(",\n    ")
    )
}

/// A column as a whole: what an `ALTER TABLE` leaves out of it is gone.
pub(super) fn definition(mysql: Mysql, column: &Column) -> String {
    let words = mysql.words();
    let mut parts = vec![quote(&column.name), declared_type(mysql, column)];
    if let Some(generated) = &column.generated {
        let kept = if generated.stored { "STORED" } else { "VIRTUAL" };
        parts.push(format!("GENERATED ALWAYS AS ({}) {kept}", words.text(&generated.expression)));
    }
    if let Some(null) = nullability(mysql, column) {
        parts.push(null.to_owned());
    }
    if column.auto {
        parts.push("AUTO_INCREMENT".to_owned());
    }
    if let Some(value) = &column.default {
        parts.push(format!("DEFAULT {}", default(mysql, value, column)));
    }
    if let Some(text) = &column.comment {
        parts.push(format!("COMMENT {}", quoted(text)));
    }
    parts.join(" ")
}

/// Some servers know no `NOT NULL` of a computed column: <https://mariadb.com/kb/en/generated-columns/>.
fn nullability(mysql: Mysql, column: &Column) -> Option<&'static str> {
    let computed = column.generated.is_some() && !mysql.facts.computed_not_null;
    (!column.null && !computed).then_some("NOT NULL")
}

/// The type with its collation.
fn declared_type(mysql: Mysql, column: &Column) -> String {
    let own = column.db_type.as_ref().and_then(|sql| sql.for_engine(mysql.facts.engine));
    let ty = own.map_or_else(|| column_type(&column.ty, &mysql.facts), str::to_owned);
    match column.collation.as_ref().map(|sql| mysql.words().text(sql)) {
        Some(collation) => format!("{ty} COLLATE {collation}"),
        None => ty,
    }
}

/// A unique constraint, which is an index, with its name.
pub(super) fn unique(mysql: Mysql, unique: &Unique) -> String {
    named(unique.name.as_ref(), &format!("UNIQUE {}", mysql.words().list(&unique.columns)))
}

/// A check with its name.
pub(super) fn check(mysql: Mysql, check: &Check) -> String {
    named(check.name.as_ref(), &format!("CHECK ({})", mysql.words().condition(&check.expression)))
}

/// A foreign key with its name: <https://dev.mysql.com/doc/refman/8.0/en/create-table-foreign-keys.html>.
pub(super) fn foreign_key(mysql: Mysql, key: &ForeignKey) -> String {
    let action = |event: &str, action: OnDelete| match action {
        OnDelete::NoAction => String::new(),
        action => format!(" {event} {}", action.sql()),
    };
    let words = mysql.words();
    let clause = format!(
        "FOREIGN KEY {} REFERENCES {} {}{}{}",
        words.list(&key.columns),
        quote(&key.to_table),
        words.list(&key.to_columns),
        action("ON DELETE", key.on_delete),
        action("ON UPDATE", key.on_update)
    );
    named(key.name.as_ref(), &clause)
}

/// An index with its name: <https://dev.mysql.com/doc/refman/8.0/en/create-index.html>.
pub(super) fn index(mysql: Mysql, index: &Index) -> String {
    let kind = match (index.is_fulltext(), index.unique) {
        (true, _) => "FULLTEXT ",
        (false, true) => "UNIQUE ",
        (false, false) => "",
    };
    let part = |length: Option<u32>| length.map_or_else(String::new, |length| format!("({length})"));
    let side = |descending: bool| if descending { " DESC" } else { "" };
    let mut keys: Vec<String> =
        index.columns.iter().map(|c| format!("{}{}{}", quote(&c.name), part(c.length), side(c.descending))).collect();
    keys.extend(index.expression.as_ref().map(|sql| format!("({})", mysql.words().text(sql))));
    format!("{kind}INDEX {} ({})", quote(&index.name), keys.join(", "))
}

fn named(name: Option<&String>, clause: &str) -> String {
    name.map_or_else(|| clause.to_owned(), |name| format!("CONSTRAINT {} {clause}", quote(name)))
}
