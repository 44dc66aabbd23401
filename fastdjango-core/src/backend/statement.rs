//! What the text of a statement says, as far as every database reads it alike.

use super::TABLE;
use super::fault::{Attempt, Fault};
use crate::diagnostic::Diagnostic;
use crate::field::lexer::{self, Kind, Token};

/// The tokens that are neither space nor comment.
pub(super) fn meaningful(sql: &str) -> Vec<Token<'_>> {
    lexer::tokens(sql).into_iter().filter(|token| !matches!(token.kind, Kind::Space | Kind::Comment)).collect()
}

/// Refuses a text that is more than one statement, or whose first word is one of those that the executor keeps to itself.
///
/// `shown` is the statement as a person wrote it, and `tokens` what is left of it to read.
pub(super) fn one_statement(shown: &str, tokens: &[Token<'_>], control: &[&str]) -> Attempt<()> {
    let first = tokens.first().map_or("", |token| token.text);
    if control.iter().any(|word| first.eq_ignore_ascii_case(word)) {
        let message = format!("`{}` cannot be part of a migration's transaction", first.to_ascii_uppercase());
        let diagnostic = Diagnostic::error("E631", message).note(format!("the statement: {shown}"));
        return Err(Fault::refusal(diagnostic.help("take it out: the executor begins and commits")));
    }
    if statement_end(tokens).is_some_and(|end| end + 1 < tokens.len()) {
        let diagnostic = Diagnostic::error("E631", "a step holds more than one statement");
        let diagnostic = diagnostic.note(format!("the text: {shown}"));
        return Err(Fault::refusal(diagnostic.help("make each statement a step of its own")));
    }
    Ok(())
}

/// The semicolon that ends the first statement; the body of a trigger or a function holds statements of its own, up to its
/// END.
///
/// <https://www.sqlite.org/lang_createtrigger.html>, <https://www.postgresql.org/docs/current/sql-createfunction.html>,
/// <https://dev.mysql.com/doc/refman/8.4/en/sql-compound-statements.html>
fn statement_end(tokens: &[Token<'_>]) -> Option<usize> {
    let has_body = has_body(tokens);
    let mut depth = 0_usize;
    for (i, token) in tokens.iter().enumerate() {
        let after_end = i > 0 && tokens[i - 1].is_word("END");
        let ends_block = |next: &Token<'_>| ["IF", "LOOP", "WHILE", "REPEAT"].iter().any(|word| next.is_word(word));
        if token.is_symbol(';') && depth == 0 {
            return Some(i);
        }
        if has_body && !after_end && (token.is_word("BEGIN") || token.is_word("CASE")) {
            depth += 1;
        } else if token.is_word("END") && !tokens.get(i + 1).is_some_and(ends_block) {
            depth = depth.saturating_sub(1);
        }
    }
    None
}

/// True for a statement that makes something which holds statements; who it belongs to may stand before what it is.
fn has_body(tokens: &[Token<'_>]) -> bool {
    let creates = tokens.first().is_some_and(|first| first.is_word("CREATE"));
    let within = |count: usize, word: &str| tokens.iter().take(count).any(|token| token.is_word(word));
    let count = if within(4, "DEFINER") { 12 } else { 4 };
    creates && ["TRIGGER", "FUNCTION", "PROCEDURE", "EVENT"].iter().any(|word| within(count, word))
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
    let words = ["INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"];
    tokens.first().is_some_and(|first| words.iter().any(|word| first.is_word(word)))
}

/// Refuses a statement that names the history, unless it only reads: an event that is gone answers no question.
///
/// `shown` is the statement as a person wrote it, and `sql` what is left of it to read.
pub(super) fn leaves_history(shown: &str, sql: &str) -> Attempt<()> {
    let reads = meaningful(sql).first().is_some_and(|first| first.is_word("SELECT"));
    if reads || !mentions(sql, TABLE) {
        return Ok(());
    }
    let diagnostic = Diagnostic::error("E644", format!("`{TABLE}` is the history, which no migration may touch"));
    let diagnostic = diagnostic.note(format!("the statement: {shown}"));
    Err(Fault::refusal(diagnostic.help("take it out; `migrate --fake` records an event without running anything")))
}

/// True where a word, a quoted name, or a string of the text is `name`; `SQLite` takes strings for names where it must.
pub(super) fn mentions(sql: &str, name: &str) -> bool {
    lexer::tokens(sql).iter().any(|token| match token.kind {
        Kind::Text => token.string().is_some_and(|text| text.eq_ignore_ascii_case(name)),
        Kind::Word | Kind::Quoted => is_name(token, name),
        Kind::Comment | Kind::Number | Kind::Space | Kind::Symbol => false,
    })
}

/// True for a word or a quoted name that is `name`, in any case.
pub(super) fn is_name(token: &Token<'_>, name: &str) -> bool {
    token.name().is_some_and(|written| written.eq_ignore_ascii_case(name))
}

/// An expression without the parentheses around the whole of it; `plain` leaves of a text what every database reads alike.
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(super) fn bare(expression: &str, plain: fn(&str) -> String) -> &str {
    let Some(inner) = expression.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else { return expression };
    let text = plain(inner);
    let mut depth = 0_i32;
    for token in meaningful(&text) {
        depth += i32::from(token.is_symbol('(')) - i32::from(token.is_symbol(')'));
        if depth < 0 {
            return expression;
        }
    }
    inner
}
