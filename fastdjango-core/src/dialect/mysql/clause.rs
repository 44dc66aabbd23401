//! Changes of one table as clauses of one `ALTER TABLE`: all of them happen, or none.
//!
//! <https://dev.mysql.com/doc/refman/8.0/en/alter-table.html>, and that a statement is atomic where a migration is not:
//! <https://dev.mysql.com/doc/refman/8.0/en/atomic-ddl.html>

use std::collections::BTreeSet;

use super::quote::quote;
use super::{Mysql, alter, render, table};
use crate::ddl::{Change, Statement};

/// A change in words: a clause, which may stand beside others, or a statement of its own.
pub(super) enum Written {
    /// A clause of an `ALTER TABLE`.
    Clause(Clause),
    /// A whole statement.
    Whole(String),
}

/// A clause and what decides whether it can stand beside another.
pub(super) struct Clause {
    pub(super) table: String,
    pub(super) text: String,
    pub(super) kind: Kind,
    /// The columns that it defines or removes: a statement speaks of each once.
    pub(super) columns: Vec<String>,
    /// The indexes that it renames, under both names: the same.
    pub(super) indexes: Vec<String>,
}

/// What a clause does, as far as it matters to its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A check goes.
    CheckGoes,
    /// A check comes.
    CheckComes,
    /// A column or an index gets another name.
    Rename,
    /// Anything else of columns, indexes and keys.
    Body,
    /// A foreign key goes.
    ForeignKeyGoes,
    /// A foreign key to another table comes.
    ForeignKeyComes,
    /// A foreign key to its own table comes: the key that it refers to must be there already, or `MySQL` 9 crashes.
    ForeignKeyToSelf,
}

impl Clause {
    pub(super) fn new(table: &str, kind: Kind, text: String) -> Self {
        Self { table: table.to_owned(), text, kind, columns: Vec::new(), indexes: Vec::new() }
    }

    pub(super) fn of(mut self, columns: &[&str]) -> Self {
        self.columns = columns.iter().map(|column| (*column).to_lowercase()).collect();
        self
    }

    /// An index that another clause renames is not there yet under its new name.
    pub(super) fn of_indexes(mut self, indexes: &[&str]) -> Self {
        self.indexes = indexes.iter().map(|index| (*index).to_lowercase()).collect();
        self
    }
}

/// The statements of changes that follow one another.
pub(super) fn statements(mysql: Mysql, changes: &[Change]) -> Vec<String> {
    let mut statements = Vec::new();
    let mut open: Vec<Clause> = Vec::new();
    for written in changes.iter().flat_map(|change| written(mysql, change)) {
        match written {
            Written::Clause(clause) if joins(&open, &clause) => open.push(clause),
            Written::Clause(clause) => statements.extend(close(&std::mem::replace(&mut open, vec![clause]))),
            Written::Whole(statement) => {
                statements.extend(close(&std::mem::take(&mut open)));
                statements.push(statement);
            }
        }
    }
    statements.extend(close(&open));
    statements
}

/// True where the clause can stand in one statement with those: they are written, and read, as happening at once.
fn joins(open: &[Clause], clause: &Clause) -> bool {
    let Some(first) = open.first() else { return true };
    let columns: BTreeSet<&String> = open.iter().flat_map(|other| &other.columns).collect();
    let indexes: BTreeSet<&String> = open.iter().flat_map(|other| &other.indexes).collect();
    first.table == clause.table
        && !clause.columns.iter().any(|column| columns.contains(column))
        && !clause.indexes.iter().any(|index| indexes.contains(index))
        && open.iter().all(|other| is_beside(other.kind, clause.kind))
}

/// A foreign key of the same name cannot go and come at once; and a rename under a foreign key lets nothing beside it that
/// writes the table anew, as a new check does.
const fn is_beside(one: Kind, next: Kind) -> bool {
    match (one, next) {
        (Kind::CheckGoes | Kind::Rename, Kind::CheckGoes | Kind::Rename)
        | (
            Kind::CheckGoes | Kind::CheckComes | Kind::Body | Kind::ForeignKeyComes,
            Kind::CheckGoes | Kind::CheckComes | Kind::Body | Kind::ForeignKeyComes,
        )
        | (Kind::ForeignKeyGoes, Kind::ForeignKeyGoes)
        | (Kind::ForeignKeyToSelf, Kind::ForeignKeyToSelf) => true,
        (Kind::Rename, Kind::CheckComes | Kind::Body | Kind::ForeignKeyComes)
        | (Kind::CheckComes | Kind::Body | Kind::ForeignKeyComes, Kind::Rename)
        | (Kind::ForeignKeyGoes | Kind::ForeignKeyToSelf, _)
        | (_, Kind::ForeignKeyGoes | Kind::ForeignKeyToSelf) => false,
    }
}

/// Several clauses stand one a line.
fn close(clauses: &[Clause]) -> Option<String> {
    let table = quote(&clauses.first()?.table);
    let texts: Vec<&str> = clauses.iter().map(|clause| clause.text.as_str()).collect();
    Some(match texts.as_slice() {
        [one] => format!("ALTER TABLE {table} {one}"),
        several => format!("ALTER TABLE {table}\n    {}", several.join(",\n    ")),
    })
}

fn written(mysql: Mysql, change: &Change) -> Vec<Written> {
    let statement = match change {
        Change::Alter(alter) => return alter::written(mysql, alter),
        Change::Statement(statement) => statement,
    };
    let clause = match statement {
        Statement::AddColumn { table: of, column, .. } => {
            let text = format!("ADD COLUMN {}", table::definition(mysql, column));
            Clause::new(of, Kind::Body, text).of(&[&column.name])
        }
        Statement::DropColumn { table, column } => {
            Clause::new(table, Kind::Body, format!("DROP COLUMN {}", quote(column))).of(&[column])
        }
        Statement::RenameColumn { table, from, to } => {
            Clause::new(table, Kind::Rename, format!("RENAME COLUMN {} TO {}", quote(from), quote(to))).of(&[from, to])
        }
        // One statement makes one such index: https://dev.mysql.com/doc/refman/8.0/en/innodb-fulltext-index.html
        Statement::CreateIndex { table: of, index } if index.is_fulltext() => {
            return vec![Written::Whole(format!("ALTER TABLE {} ADD {}", quote(of), table::index(mysql, index)))];
        }
        Statement::CreateIndex { table: of, index } => {
            Clause::new(of, Kind::Body, format!("ADD {}", table::index(mysql, index)))
        }
        Statement::DropIndex { table, index } => Clause::new(table, Kind::Body, format!("DROP INDEX {}", quote(index))),
        Statement::CreateTable(_)
        | Statement::DropTable { .. }
        | Statement::RenameTable { .. }
        | Statement::Pair(_)
        | Statement::Count { .. } => {
            return vec![Written::Whole(render::render(mysql, statement))];
        }
    };
    vec![Written::Clause(clause)]
}
