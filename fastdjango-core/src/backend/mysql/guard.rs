//! What is refused before steps run.

use super::plain::plain;
use crate::backend::fault::{Attempt, Fault};
use crate::backend::statement::{leaves_history, meaningful, one_statement};
use crate::diagnostic::Diagnostic;
use crate::field::lexer::Token;
use crate::migration::Step;

/// Statements that would end our transaction, or part of it.
const TRANSACTION_CONTROL: [&str; 7] = ["BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "XA"];

/// Statements after which the executor would not find its way, and why.
const OUT_OF_PLACE: [(&str, &str, &str); 4] = [
    (
        "USE",
        "would leave the database that is migrated",
        "write `other.table` where a table of another database is meant",
    ),
    ("LOCK", "would lock the journal away", "take it out: each statement takes the locks that it needs"),
    ("UNLOCK", "unlocks what no migration may lock", "take it out: each statement takes the locks that it needs"),
    ("DELIMITER", "is a command of the `mysql` client, not of the server", "make each statement a step of its own"),
];

/// Settings by which our own transactions stand.
const KEPT: [&str; 2] = ["AUTOCOMMIT", "COMPLETION_TYPE"];

/// Refuses steps that cannot run here, before the first of them does.
pub(super) fn steps(steps: &[Step]) -> Attempt<()> {
    for step in steps {
        match step {
            Step::Sql(sql) | Step::Verify { verify: sql, .. } | Step::Autocommit { autocommit: sql } => one(sql)?,
            Step::Rust { .. } => {}
            Step::Rebuild { rebuild: table, .. } | Step::Drop { drop: table, .. } => return Err(foreign(table)),
        }
    }
    Ok(())
}

fn one(sql: &str) -> Attempt<()> {
    let text = plain(sql);
    let tokens = meaningful(&text);
    in_place(sql, &tokens)?;
    one_statement(sql, &tokens, &TRANSACTION_CONTROL)?;
    leaves_history(sql, &text)?;
    keeps_settings(sql, &tokens)
}

fn in_place(sql: &str, tokens: &[Token<'_>]) -> Attempt<()> {
    let Some(first) = tokens.first() else { return Ok(()) };
    let Some((word, why, help)) = OUT_OF_PLACE.iter().find(|(word, ..)| first.is_word(word)) else { return Ok(()) };
    let diagnostic = Diagnostic::error("E630", format!("`{word}` {why}"));
    Err(Fault::refusal(diagnostic.note(format!("the statement: {sql}")).help(*help)))
}

fn keeps_settings(sql: &str, tokens: &[Token<'_>]) -> Attempt<()> {
    let sets = tokens.first().is_some_and(|first| first.is_word("SET"));
    let Some(word) = KEPT.iter().find(|word| tokens.iter().any(|token| token.is_word(word))).filter(|_| sets) else {
        return Ok(());
    };
    let message = format!("`{}` is how the executor begins and commits", word.to_lowercase());
    let diagnostic = Diagnostic::error("E631", message).note(format!("the statement: {sql}"));
    Err(Fault::refusal(diagnostic.help("take it out: the executor begins and commits")))
}

/// The refusal of a transaction that ended while a function was at work in it.
pub(super) fn ended() -> Box<Fault> {
    let message = "the transaction of the function ended before the function did";
    let diagnostic = Diagnostic::error("E641", message).note(
        "a deadlock or a lock that was waited for in vain undoes it, and what was written since is written for good",
    );
    Fault::refusal(
        diagnostic
            .help("do not go on in a function after an error of the database; look at the rows that it wrote last"),
    )
}

/// The refusal of a step that is a recipe for another database.
pub(super) fn foreign(table: &str) -> Box<Fault> {
    let message = format!("the step on `{table}` is a recipe for SQLite, and the database is MySQL or MariaDB");
    Fault::refusal(Diagnostic::error("E646", message).help("render the migration again for `mysql` or `mariadb`"))
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
            "/*!50001 COMMIT */",
            "/*M! COMMIT */",
            "# x\nROLLBACK",
            "begin not atomic select 1; end",
            "START TRANSACTION",
            "XA START 'x'",
            "SELECT '\\''; COMMIT",
            "SELECT \"\\\"\"; COMMIT",
            "SELECT 1; SELECT 2",
            "SET autocommit = 0",
            "SET @x = 1, @@SESSION.autocommit = 0",
            "SET completion_type = 'RELEASE'",
        ] {
            assert_eq!(code(sql), Some("E631"), "{sql}");
        }
        for sql in [
            "INSERT INTO a VALUES (';'), (\"it's;\")",
            "SELECT 1;",
            "SET foreign_key_checks = 0",
            "CREATE DEFINER = `a`@`b` TRIGGER t BEFORE INSERT ON p FOR EACH ROW BEGIN \
             IF new.x THEN SET new.y = CASE new.x WHEN 1 THEN 2 END; END IF; SET new.z = 1; END;",
            "CREATE PROCEDURE p() BEGIN CASE 1 WHEN 1 THEN SELECT 1; END CASE; SELECT 2; END",
        ] {
            assert_eq!(code(sql), None, "{sql}");
        }
    }

    #[test]
    fn what_would_lead_the_executor_astray_is_refused() {
        for sql in ["USE other", "LOCK TABLES a WRITE", "UNLOCK TABLES", "DELIMITER //"] {
            assert_eq!(code(sql), Some("E630"), "{sql}");
        }
    }

    #[test]
    fn the_history_is_only_read() {
        assert_eq!(code("DELETE FROM `fastdjango_migrations`"), Some("E644"));
        assert_eq!(code("/*! DROP TABLE fastdjango_migrations */"), Some("E644"));
        assert_eq!(code("SELECT count(*) FROM fastdjango_migrations"), None);
    }
}
