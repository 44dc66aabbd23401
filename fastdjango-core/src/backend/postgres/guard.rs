//! What is refused before steps run.

use super::plain::plain;
use crate::backend::fault::{Attempt, Fault};
use crate::backend::statement::{leaves_history, meaningful, one_statement};
use crate::diagnostic::Diagnostic;
use crate::migration::Step;

/// Statements that would end our transaction, or part of it.
const TRANSACTION_CONTROL: [&str; 8] = ["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"];

/// Refuses steps that cannot run here, before the first of them does.
pub(super) fn steps(steps: &[Step]) -> Attempt<()> {
    for step in steps {
        match step {
            Step::Sql(sql) | Step::Verify { verify: sql, .. } => one(sql)?,
            Step::Autocommit { autocommit } => {
                one(autocommit)?;
                says_what_it_finds(autocommit)?;
            }
            Step::Rust { .. } => {}
            Step::Rebuild { rebuild: table, .. } | Step::Drop { drop: table, .. } => return Err(foreign(table)),
        }
    }
    Ok(())
}

/// Refuses `IF NOT EXISTS` over an index: one that is not valid would count as built.
///
/// <https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY>
fn says_what_it_finds(sql: &str) -> Attempt<()> {
    let text = plain(sql);
    let tokens = meaningful(&text);
    let says = |words: &[&str]| {
        tokens.windows(words.len()).any(|window| window.iter().zip(words).all(|(token, word)| token.is_word(word)))
    };
    if !says(&["INDEX", "CONCURRENTLY", "IF", "NOT", "EXISTS"]) {
        return Ok(());
    }
    let message = "`IF NOT EXISTS` would take an index for built that a broken build left behind";
    let diagnostic = Diagnostic::error("E630", message).note(format!("the statement: {sql}"));
    Err(Fault::refusal(
        diagnostic.help("take `IF NOT EXISTS` out: a build that was broken off is begun anew by itself"),
    ))
}

fn one(sql: &str) -> Attempt<()> {
    let text = plain(sql);
    let tokens = meaningful(&text);
    one_statement(sql, &tokens, &TRANSACTION_CONTROL)?;
    leaves_history(sql, &text)?;
    let prepares = tokens.first().is_some_and(|token| token.is_word("PREPARE"));
    if prepares && tokens.get(1).is_some_and(|token| token.is_word("TRANSACTION")) {
        let diagnostic = Diagnostic::error("E631", "`PREPARE TRANSACTION` cannot be part of a migration's transaction");
        let diagnostic = diagnostic.note(format!("the statement: {sql}"));
        return Err(Fault::refusal(diagnostic.help("take it out: the executor begins and commits")));
    }
    Ok(())
}

/// The refusal of a step that is a recipe for another database.
pub(super) fn foreign(table: &str) -> Box<Fault> {
    let message = format!("the step on `{table}` is a recipe for SQLite, and the database is PostgreSQL");
    Fault::refusal(Diagnostic::error("E646", message).help("render the migration again for `postgres`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(sql: &str) -> Option<&'static str> {
        steps(&[Step::Sql(sql.to_owned())]).err().map(|fault| fault.diagnostic.code)
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

    #[test]
    fn the_history_is_only_read() {
        assert_eq!(code("WITH gone AS (DELETE FROM \"fastdjango_migrations\") SELECT 1"), Some("E644"));
        assert_eq!(code("DROP TABLE public.fastdjango_migrations"), Some("E644"));
        assert_eq!(code("SELECT count(*) FROM fastdjango_migrations"), None);
    }
}
