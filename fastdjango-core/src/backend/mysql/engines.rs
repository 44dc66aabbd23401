//! Tables that take part in no transaction: looked for before the first step.

use super::introspect::text;
use super::names::quote;
use super::plain::plain;
use super::session::Session;
use crate::backend::fault::{Attempt, Fault};
use crate::backend::job::Job;
use crate::backend::statement::{is_name, meaningful, mentions};
use crate::diagnostic::Diagnostic;
use crate::migration::Step;

/// Tables of storage engines without transactions: <https://dev.mysql.com/doc/refman/8.4/en/information-schema-engines-table.html>.
const TABLES: &str = "SELECT t.table_name, t.engine FROM information_schema.tables AS t \
    JOIN information_schema.engines AS e ON e.engine = t.engine \
    WHERE t.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' AND e.transactions <> 'YES' ORDER BY t.table_name";

/// The tables whose rows no transaction holds.
#[cfg(feature = "render")]
pub(super) async fn without_transactions(session: &mut Session) -> Attempt<Vec<String>> {
    Ok(session.texts(TABLES).await?)
}

/// Refuses steps on tables whose rows no transaction holds: a step and its mark in the journal could come apart there.
pub(super) async fn transact(session: &mut Session, job: &Job) -> Attempt<()> {
    let tables = session.query(TABLES).await?;
    if tables.is_empty() {
        return Ok(());
    }
    let mut statements: Vec<String> = job.steps.iter().flat_map(Step::statements).map(plain).collect();
    let asked_for = job.functions.iter().flat_map(|function| function.moment.tables());
    statements.extend(asked_for.map(|table| quote(&table)));
    for row in &tables {
        let table = text(row, 0);
        let mut said = statements.iter().filter(|sql| mentions(sql, &table)).peekable();
        if said.peek().is_some() && !said.any(|sql| gives_an_engine(sql, &table)) {
            return Err(refusal(&table, &text(row, 1)));
        }
    }
    Ok(())
}

/// True for `ALTER TABLE … ENGINE = …`, by which a table gets out of this.
fn gives_an_engine(sql: &str, table: &str) -> bool {
    let tokens = meaningful(sql);
    let is = |i: usize, word: &str| tokens.get(i).is_some_and(|token| token.is_word(word));
    is(0, "ALTER")
        && is(1, "TABLE")
        && tokens.get(2).is_some_and(|token| is_name(token, table))
        && tokens.iter().any(|token| token.is_word("ENGINE"))
}

fn refusal(table: &str, engine: &str) -> Box<Fault> {
    let message = format!("`{table}` is a table of {engine}, which has no transactions");
    let diagnostic = Diagnostic::error("E654", message).note("nothing was run");
    let why = "a step that breaks in the middle would leave some of its rows, and nobody could tell which";
    let cure = format!("run `ALTER TABLE {} ENGINE = InnoDB` first, or in a `run_sql` of this migration", quote(table));
    Fault::refusal(diagnostic.note(why).help(cure))
}
