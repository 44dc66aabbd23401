//! What is refused before or while steps run.

use crate::backend::sqlite::fault::{Attempt, Fault};
use crate::diagnostic::Diagnostic;
use crate::field::lexer::{self, Kind, Token};
use crate::migration::Step;

/// Statements that would end our transaction, or reach outside of it.
const TRANSACTION_CONTROL: [&str; 9] =
    ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "ATTACH", "DETACH", "VACUUM"];

/// Refuses steps that cannot run here, before the first of them does.
pub(super) fn steps(steps: &[Step]) -> Attempt<()> {
    for step in steps {
        if let Step::Autocommit { autocommit: sql } = step {
            return Err(autocommit(sql));
        }
        for sql in step.statements() {
            one_statement(sql)?;
        }
    }
    Ok(())
}

/// `SQLite` has nothing that must run outside a transaction.
pub(super) fn autocommit(sql: &str) -> Box<Fault> {
    let message = "a step outside the transaction is not supported on SQLite";
    let diagnostic = Diagnostic::error("E630", message).note(format!("the statement: {sql}"));
    Fault::refusal(diagnostic.help("run it in the transaction, or give the operation another text for SQLite"))
}

fn one_statement(sql: &str) -> Attempt<()> {
    let tokens = meaningful(sql);
    let first = tokens.first().map_or("", |token| token.text);
    if TRANSACTION_CONTROL.iter().any(|word| first.eq_ignore_ascii_case(word)) {
        let message = format!("`{}` cannot be part of a migration's transaction", first.to_ascii_uppercase());
        let diagnostic = Diagnostic::error("E631", message).note(format!("the statement: {sql}"));
        return Err(Fault::refusal(diagnostic.help("take it out: the executor begins and commits")));
    }
    // A trigger's body holds statements of its own.
    let is_trigger = tokens.iter().take(3).any(|token| token.is_word("TRIGGER"));
    let end = tokens.iter().position(|token| token.is_symbol(';'));
    if !is_trigger && end.is_some_and(|end| end + 1 < tokens.len()) {
        let diagnostic = Diagnostic::error("E631", "a step holds more than one statement");
        let diagnostic = diagnostic.note(format!("the text: {sql}"));
        return Err(Fault::refusal(diagnostic.help("make each statement a step of its own")));
    }
    Ok(())
}

/// Refuses where a verifying query counts anything.
pub(super) fn verified(sql: &str, found: &str, count: Option<i64>) -> Attempt<()> {
    match count {
        Some(0) => Ok(()),
        Some(count) => {
            let diagnostic = Diagnostic::error("E624", format!("{count} {found}"));
            let help = "correct these rows, or give the operation a value to fill in, then run `migrate` again";
            Err(Fault::refusal(diagnostic.note(format!("the query that counts them: {sql}")).help(help)))
        }
        None => {
            let diagnostic = Diagnostic::error("E624", "a verifying query returned no number");
            Err(Fault::refusal(diagnostic.note(format!("the query: {sql}")).help("render the migration again")))
        }
    }
}

/// True for statements whose count of rows means something.
pub(super) fn writes_rows(sql: &str) -> bool {
    let tokens = meaningful(sql);
    tokens.first().is_some_and(|first| ["INSERT", "UPDATE", "DELETE", "REPLACE"].iter().any(|word| first.is_word(word)))
}

/// Refuses a live table with a column or an index's column that the text does not know of.
///
/// A column that the migration removes is named in a comment of the text.
pub(super) fn columns_named(table: &str, columns: &[String], text: &[String]) -> Attempt<()> {
    let missing: Vec<&str> = columns.iter().map(String::as_str).filter(|column| !is_named(text, column)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.iter().map(|column| format!("`{column}`")).collect::<Vec<_>>().join(", ");
    let message = format!("`{table}` has a column that the migration does not know of: {list}");
    let diagnostic = Diagnostic::error("E625", message).note("the new table would lose it, with what it holds");
    Err(Fault::refusal(
        diagnostic.help("add the column to the model, or drop it by hand, then render the migration again"),
    ))
}

/// Refuses a text that reads a column which the live table has not: `SQLite` would take its quoted name for a string.
///
/// <https://www.sqlite.org/quirks.html#double_quoted_string_literals_are_accepted>
pub(super) fn columns_exist(table: &str, columns: &[String], text: &[String]) -> Attempt<()> {
    for sql in text {
        for name in selected(sql) {
            if !columns.iter().any(|column| column.eq_ignore_ascii_case(&name)) && !name.eq_ignore_ascii_case(table) {
                let message = format!("the migration reads the column `{name}`, and `{table}` has none of that name");
                let diagnostic = Diagnostic::error("E634", message).note(format!("the statement: {sql}"));
                let help = "compare the table with the models (`check`), then render the migration again";
                return Err(Fault::refusal(diagnostic.help(help)));
            }
        }
    }
    Ok(())
}

/// The quoted names between SELECT and FROM of an INSERT; none where there is a query inside.
fn selected(sql: &str) -> Vec<String> {
    let tokens = meaningful(sql);
    let is = |i: usize, word: &str| tokens.get(i).is_some_and(|token| token.is_word(word));
    if !is(0, "INSERT") || tokens.iter().filter(|token| token.is_word("SELECT")).count() != 1 {
        return Vec::new();
    }
    let after = tokens.iter().skip_while(|token| !token.is_word("SELECT"));
    let list = after.take_while(|token| !token.is_word("FROM"));
    list.filter(|token| token.kind == Kind::Quoted).filter_map(Token::name).collect()
}

/// True where an identifier of the text, or of a comment in it, is `name`.
pub(super) fn is_named(text: &[String], name: &str) -> bool {
    text.iter().any(|sql| {
        lexer::tokens(sql).iter().any(|token| match token.kind {
            Kind::Comment => mentions(token.text.trim_start_matches(['-', '/', '*']), name),
            Kind::Word | Kind::Quoted => is_name(token, name),
            Kind::Text | Kind::Number | Kind::Space | Kind::Symbol => false,
        })
    })
}

/// True where a word, a quoted name, or a string of the text is `name`; `SQLite` takes strings for names where it must.
pub(super) fn mentions(sql: &str, name: &str) -> bool {
    lexer::tokens(sql).iter().any(|token| match token.kind {
        Kind::Text => token.text.trim_matches('\'').eq_ignore_ascii_case(name),
        Kind::Word | Kind::Quoted => is_name(token, name),
        Kind::Comment | Kind::Number | Kind::Space | Kind::Symbol => false,
    })
}

fn is_name(token: &Token<'_>, name: &str) -> bool {
    token.name().is_some_and(|written| written.eq_ignore_ascii_case(name))
}

/// The tokens that are neither space nor comment.
pub(super) fn meaningful(sql: &str) -> Vec<Token<'_>> {
    lexer::tokens(sql).into_iter().filter(|token| !matches!(token.kind, Kind::Space | Kind::Comment)).collect()
}
