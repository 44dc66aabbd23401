//! Changes in place: a column by its whole definition, everything else by a clause of its own.

use super::Mysql;
use super::clause::{Clause, Kind, Written};
use super::conversion::rule;
use super::literal::{quoted, value};
use super::quote::quote;
use super::table::{check, definition, foreign_key, unique};
use crate::ddl::{Alter, ConstraintKind};
use crate::field::{ColumnType, Default};
use crate::pair::Pair;
use crate::schema::Column;

/// The clauses and statements of a change.
pub(super) fn written(mysql: Mysql, alter: &Alter) -> Vec<Written> {
    let clause = |clause: Clause| vec![Written::Clause(clause)];
    match alter {
        Alter::Column { table, columns } => changed(mysql, table, columns.as_ref().as_ref()),
        Alter::Prepare { table, columns } => {
            set(table, &columns.previous, rule(columns.as_ref().as_ref(), &mysql.facts).before)
        }
        Alter::Finish { table, columns } => {
            set(table, &columns.next, rule(columns.as_ref().as_ref(), &mysql.facts).after)
        }
        Alter::KeepComputed { table, columns } => kept(mysql, table, &columns.next),
        Alter::AddFilled { table, column, fill } => filled(mysql, table, column, fill),
        Alter::Fill { table, column, fill } => {
            let name = quote(&column.name);
            let value = value(mysql, fill, column);
            vec![Written::Whole(format!("UPDATE {} SET {name} = {value} WHERE {name} IS NULL", quote(table)))]
        }
        Alter::RenameValues { table, column, renamed } => {
            let name = quote(&column.name);
            let old: Vec<String> = renamed.keys().map(|value| quoted(value)).collect();
            let (value, old) = (mysql.words().renamed(&name, renamed), old.join(", "));
            vec![Written::Whole(format!("UPDATE {} SET {name} = {value} WHERE {name} IN ({old})", quote(table)))]
        }
        Alter::AddPrimaryKey { table, columns, .. } => {
            clause(Clause::new(table, Kind::Body, format!("ADD PRIMARY KEY {}", mysql.words().list(columns))))
        }
        Alter::AddUnique { table, unique: one } => {
            clause(Clause::new(table, Kind::Body, format!("ADD {}", unique(mysql, one))))
        }
        Alter::AddCheck { table, check: one } => {
            clause(Clause::new(table, Kind::CheckComes, format!("ADD {}", check(mysql, one))))
        }
        Alter::AddForeignKey { table, key } => {
            let kind = if key.to_table == *table { Kind::ForeignKeyToSelf } else { Kind::ForeignKeyComes };
            clause(Clause::new(table, kind, format!("ADD {}", foreign_key(mysql, key))))
        }
        Alter::DropConstraint { table, name, kind } => clause(dropped(table, name, *kind)),
        Alter::RenameIndex { table, from, to } => {
            let text = format!("RENAME INDEX {} TO {}", quote(from), quote(to));
            clause(Clause::new(table, Kind::Rename, text).of_indexes(&[from, to]))
        }
        Alter::TableComment { table, comment } => {
            let text = quoted(comment.as_deref().unwrap_or_default());
            clause(Clause::new(table, Kind::Body, format!("COMMENT = {text}")))
        }
        // The planner knows from the facts that there are no such types, that no transaction holds a definition, that a column has a
        // whole definition here, that an index is built one way, and what has no name of its own.
        Alter::Enum(_)
        | Alter::Hold { .. }
        | Alter::ColumnType { .. }
        | Alter::Null { .. }
        | Alter::Default { .. }
        | Alter::Auto { .. }
        | Alter::ColumnComment { .. }
        | Alter::BuildIndex { .. }
        | Alter::RetireIndex { .. }
        | Alter::RenameConstraint { .. }
        | Alter::CreateSchema { .. }
        | Alter::FreeSequence { .. }
        | Alter::CreateExtension { .. } => Vec::new(),
    }
}

fn modify(mysql: Mysql, table: &str, column: &Column) -> Written {
    let text = format!("MODIFY COLUMN {}", definition(mysql, column));
    Written::Clause(Clause::new(table, Kind::Body, text).of(&[&column.name]))
}

fn changed(mysql: Mysql, table: &str, columns: Pair<&Column>) -> Vec<Written> {
    let mut written = Vec::new();
    if rule(columns, &mysql.facts).through_text {
        let between =
            Column { ty: ColumnType::Text, db_type: None, default: None, collation: None, ..columns.next.clone() };
        written.push(modify(mysql, table, &between));
    }
    written.push(modify(mysql, table, columns.next));
    written
}

/// What the rule writes into every row that has a value.
fn set(table: &str, column: &Column, expression: Option<String>) -> Vec<Written> {
    let name = quote(&column.name);
    let update = |value: String| format!("UPDATE {} SET {name} = {value} WHERE {name} IS NOT NULL", quote(table));
    expression.map(|value| Written::Whole(update(value))).into_iter().collect()
}

/// A column that was computed when it was read has no values yet: a new one takes them, and its place.
///
/// <https://dev.mysql.com/doc/refman/8.0/en/alter-table-generated-columns.html>
fn kept(mysql: Mysql, table: &str, column: &Column) -> Vec<Written> {
    let between =
        Column { name: format!("fastdjango_new_{}", column.name), null: true, default: None, ..column.clone() };
    let (new, old) = (quote(&between.name), quote(&column.name));
    let add = format!("ADD COLUMN {}", definition(mysql, &between));
    let drop = format!("DROP COLUMN {old}");
    let change = format!("CHANGE COLUMN {new} {}", definition(mysql, column));
    vec![
        Written::Clause(Clause::new(table, Kind::Body, add).of(&[&between.name])),
        Written::Whole(format!("UPDATE {} SET {new} = {old}", quote(table))),
        Written::Clause(Clause::new(table, Kind::Body, drop).of(&[&column.name])),
        Written::Clause(Clause::new(table, Kind::Body, change).of(&[&between.name])),
    ]
}

/// A constant comes as a default, and goes as one; an expression is written into every row.
fn filled(mysql: Mysql, table: &str, column: &Column, fill: &Default) -> Vec<Written> {
    let add = |column: &Column| {
        let text = format!("ADD COLUMN {}", definition(mysql, column));
        Written::Clause(Clause::new(table, Kind::Body, text).of(&[&column.name]))
    };
    match fill {
        Default::Value(_) => {
            let filled = Column { default: Some(fill.clone()), ..column.clone() };
            vec![add(&filled), modify(mysql, table, column)]
        }
        Default::Sql { .. } => {
            let mut written = vec![add(&Column { null: true, ..column.clone() })];
            let value = value(mysql, fill, column);
            written.push(Written::Whole(format!("UPDATE {} SET {} = {value}", quote(table), quote(&column.name))));
            written.extend((!column.null).then(|| modify(mysql, table, column)));
            written
        }
    }
}

/// `DROP CONSTRAINT` is what both servers say of a check: <https://mariadb.com/kb/en/alter-table/#drop-constraint>.
fn dropped(table: &str, name: &str, kind: ConstraintKind) -> Clause {
    let name = quote(name);
    match kind {
        ConstraintKind::PrimaryKey => Clause::new(table, Kind::Body, "DROP PRIMARY KEY".to_owned()),
        ConstraintKind::Unique => Clause::new(table, Kind::Body, format!("DROP INDEX {name}")),
        ConstraintKind::Check => Clause::new(table, Kind::CheckGoes, format!("DROP CONSTRAINT {name}")),
        ConstraintKind::ForeignKey => Clause::new(table, Kind::ForeignKeyGoes, format!("DROP FOREIGN KEY {name}")),
    }
}
