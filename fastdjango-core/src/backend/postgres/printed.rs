//! What is expected, in the server's own words: it prints what it was given, and so both sides read alike.
//!
//! Wherever a table differs in words, the expected one is made as a temporary table and read back, in a transaction that is rolled
//! back. Foreign keys, unique constraints and the key are left out: they hold no expression.

use std::collections::BTreeMap;

use super::failure::{Failure, sqlstate};
use super::introspect::{self, text};
use super::merged::merge;
use super::session::Session;
use crate::backend::fault::{Attempt, Fault};
use crate::backend::wording::{Says, reconcile, worded};
use crate::ddl::Statement;
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::field::Engine;
use crate::name::split_table;
use crate::pair::Pair;
use crate::schema::{Difference, Index, Schema, Table, compare_tables};

/// The transaction of a session that otherwise only reads.
const BEGIN: &str = "BEGIN READ WRITE";
const ROLLBACK: &str = "ROLLBACK";
/// What follows is undone apart from what was before.
const SAVEPOINT: &str = "SAVEPOINT fastdjango_apart";
const UNDO: &str = "ROLLBACK TO SAVEPOINT fastdjango_apart; RELEASE SAVEPOINT fastdjango_apart";

/// Says the expected side of every table that differs in words as the server would say it.
///
/// `expected` is that side as the models mean it; in `sides`, both read as far as can be said without asking.
pub(super) async fn print(
    session: &mut Session,
    expected: &Schema,
    dialect: &dyn Dialect,
    sides: &mut Pair<Schema>,
) -> Attempt<()> {
    let names = worded(sides, Engine::Postgres);
    if names.is_empty() {
        return Ok(());
    }
    may_ask(session).await?;
    session.execute(BEGIN).await?;
    for name in names {
        let both = (sides.previous.tables.get(&name), sides.next.tables.get_mut(&name), expected.tables.get(&name));
        if let (Some(found), Some(table), Some(meant)) = both {
            session.execute(SAVEPOINT).await?;
            one(session, meant, dialect, found, table).await?;
            session.execute(UNDO).await?;
        }
    }
    session.execute(ROLLBACK).await?;
    Ok(())
}

/// To call a wording a difference would be a drift that nobody made, and to call it none might hide one.
async fn may_ask(session: &mut Session) -> Attempt<()> {
    let sql = "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.has_database_privilege(\
               pg_catalog.current_database(), 'TEMPORARY'), pg_catalog.quote_ident(pg_catalog.current_database()), \
               pg_catalog.quote_ident(current_user)";
    let rows = session.query(sql).await?;
    let row = rows.first().map_or(&[][..], Vec::as_slice);
    let (why, help) = match (introspect::is(row, 0), introspect::is(row, 1)) {
        (true, _) => ("a standby takes no table".to_owned(), "compare with the primary".to_owned()),
        (false, false) => {
            let (database, user) = (text(row, 2), text(row, 3));
            (format!("{user} may make no temporary table"), format!("GRANT TEMPORARY ON DATABASE {database} TO {user}"))
        }
        (false, true) => return Ok(()),
    };
    let message = format!("the server cannot be asked how it would write what the models say: {why}");
    let note = "it writes expressions in words of its own, and they are compared after it has written both on a temporary table";
    Err(Fault::refusal(Diagnostic::error("E512", message).note(note).help(help)))
}

/// A table that the database cannot have keeps the words of the models: what it lacks for it is a difference.
async fn one(
    session: &mut Session,
    meant: &Table,
    dialect: &dyn Dialect,
    found: &Table,
    expected: &mut Table,
) -> Attempt<()> {
    let name = format!("pg_temp.{}", split_table(&meant.name).1);
    for statement in statements(&name, meant, dialect) {
        match session.statement(&statement).await {
            Err(failure) if is_refusal(&failure) => return Ok(()),
            done => done?,
        };
    }
    merge(expected, &read(session, &name, dialect).await?);
    if compare_tables(found, expected, Engine::Postgres).iter().any(Difference::is_of_words) {
        reconcile(session, &dialect.quote_table(&name), found, expected).await?;
    }
    Ok(())
}

/// What makes the table with everything that holds words.
fn statements(name: &str, meant: &Table, dialect: &dyn Dialect) -> Vec<String> {
    let mut table = Table { name: name.to_owned(), ..meant.clone() };
    table.primary_key.clear();
    table.foreign_keys.clear();
    table.uniques.clear();
    let worded = |index: &Index| index.expression.is_some() || index.condition.is_some() || index.opclass.is_some();
    let indexes: Vec<Index> = table.indexes.drain(..).filter(worded).collect();
    let index = |index| Statement::CreateIndex { table: name.to_owned(), index: Box::new(index) };
    let statements = [Statement::CreateTable(Box::new(table))].into_iter().chain(indexes.into_iter().map(index));
    statements.map(|statement| dialect.render(&statement)).collect()
}

/// The temporary table as the catalog has it.
async fn read(session: &mut Session, name: &str, dialect: &dyn Dialect) -> Attempt<Table> {
    let table = introspect::own(session, name, &dialect.quote_table(name)).await?;
    let mut schema = Schema { tables: BTreeMap::from([(name.to_owned(), table)]), ..Schema::default() };
    dialect.normalize(&mut schema);
    Ok(schema.tables.remove(name).unwrap_or_else(|| introspect::table(name.to_owned(), None)))
}

/// An expression that was read from a dump, or that was there before its column had another type, holds casts that a new one does
/// not: the planner works them out.
impl Says for Session {
    /// <https://www.postgresql.org/docs/current/sql-explain.html>
    async fn says(&mut self, table: &str, expression: &str) -> Attempt<Option<String>> {
        self.execute(SAVEPOINT).await?;
        let sql = format!("EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON) SELECT ({expression}) FROM {table}");
        let output = match self.ask_one(&sql).await {
            Err(failure) if is_refusal(&failure) => None,
            rows => rows?.first().and_then(|row| output(&text(row, 0))),
        };
        self.execute(UNDO).await?;
        Ok(output)
    }
}

fn output(plan: &str) -> Option<String> {
    let plan: serde_json::Value = serde_json::from_str(plan).ok()?;
    Some(plan.get(0)?.get("Plan")?.get("Output")?.get(0)?.as_str()?.to_owned())
}

/// True where the server says of a definition that it cannot be: its syntax and its names, a value, what it does not know. What it
/// only keeps from this user says nothing of it.
///
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn is_refusal(failure: &Failure) -> bool {
    let speaks = |code: &str| code != "42501" && ["0A", "22", "42"].iter().any(|class| code.starts_with(class));
    sqlstate(&failure.source).is_some_and(speaks)
}
