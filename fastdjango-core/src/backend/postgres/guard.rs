//! What is refused before steps run.

use super::plain::plain;
use crate::backend::fault::{Attempt, Fault};
use crate::backend::statement::{meaningful, one_statement};
use crate::diagnostic::Diagnostic;
use crate::migration::Step;

/// Statements that would end our transaction, or part of it.
const TRANSACTION_CONTROL: [&str; 8] = ["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"];

/// Refuses steps that cannot run here, before the first of them does.
pub(super) fn steps(steps: &[Step], atomic: bool) -> Attempt<()> {
    for step in steps {
        match step {
            Step::Sql(sql) | Step::Verify { verify: sql, .. } => one(sql)?,
            Step::Autocommit { .. } | Step::Rebuild { .. } | Step::Drop { .. } => return Err(elsewhere(step)),
        }
    }
    if atomic { Ok(()) } else { Err(not_atomic()) }
}

/// The refusal of a step that has no place in a transaction of this database.
pub(super) fn elsewhere(step: &Step) -> Box<Fault> {
    match step {
        Step::Rebuild { rebuild: table, .. } | Step::Drop { drop: table, .. } => foreign(table),
        Step::Sql(sql) | Step::Verify { verify: sql, .. } | Step::Autocommit { autocommit: sql } => outside(sql),
    }
}

fn one(sql: &str) -> Attempt<()> {
    let text = plain(sql);
    let tokens = meaningful(&text);
    one_statement(sql, &tokens, &TRANSACTION_CONTROL)?;
    let prepares = tokens.first().is_some_and(|token| token.is_word("PREPARE"));
    if prepares && tokens.get(1).is_some_and(|token| token.is_word("TRANSACTION")) {
        let diagnostic = Diagnostic::error("E631", "`PREPARE TRANSACTION` cannot be part of a migration's transaction");
        let diagnostic = diagnostic.note(format!("the statement: {sql}"));
        return Err(Fault::refusal(diagnostic.help("take it out: the executor begins and commits")));
    }
    Ok(())
}

fn outside(sql: &str) -> Box<Fault> {
    let message = "a step outside the transaction is not supported on PostgreSQL yet";
    let diagnostic = Diagnostic::error("E630", message).note(format!("the statement: {sql}"));
    Fault::refusal(
        diagnostic.help("make it an ordinary step, or take it out and run it by hand between two migrations"),
    )
}

fn not_atomic() -> Box<Fault> {
    let message = "`atomic = false` is not supported on PostgreSQL yet";
    let diagnostic = Diagnostic::error("E630", message);
    Fault::refusal(diagnostic.help("take it out, and make each part that should stand alone a migration of its own"))
}

fn foreign(table: &str) -> Box<Fault> {
    let message = format!("the step on `{table}` is a recipe for SQLite, and the database is PostgreSQL");
    Fault::refusal(Diagnostic::error("E646", message).help("render the migration again for `postgres`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(sql: &str) -> Option<&'static str> {
        steps(&[Step::Sql(sql.to_owned())], true).err().map(|fault| fault.diagnostic.code)
    }

    #[test]
    fn transaction_control_is_seen_behind_every_disguise() {
        for sql in [
            "COMMIT",
            "/* /* */ x */ commit",
            "-- x\nROLLBACK",
            "ABORT",
            "end",
            "START TRANSACTION",
            "PREPARE TRANSACTION 'x'",
            "SELECT $$ $$; COMMIT",
            r"SELECT E'\''; COMMIT",
            "SELECT x[1]; COMMIT",
            "SELECT 1; SELECT 2",
        ] {
            assert_eq!(code(sql), Some("E631"), "{sql}");
        }
        for sql in [
            "DO $$ BEGIN PERFORM 1; END $$;",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END",
            "INSERT INTO a VALUES (';')",
            "PREPARE x AS SELECT 1",
        ] {
            assert_eq!(code(sql), None, "{sql}");
        }
    }
}
