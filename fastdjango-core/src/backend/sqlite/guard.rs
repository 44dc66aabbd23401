//! What is refused before or while steps run.

use crate::backend::fault::{Attempt, Fault};
use crate::backend::names::quote;
use crate::backend::sqlite::cursor::Cursor;
use crate::backend::sqlite::parse_table;
use crate::backend::statement::{is_name, leaves_history, meaningful, one_statement};
use crate::diagnostic::Diagnostic;
use crate::field::lexer::{self, Kind, Token};
use crate::migration::Step;

/// Statements that would end our transaction, or reach outside of it.
const TRANSACTION_CONTROL: [&str; 9] =
    ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "ATTACH", "DETACH", "VACUUM"];

/// Settings that no migration may change, and why. <https://www.sqlite.org/pragma.html>
const REFUSED_PRAGMAS: [(&str, &str); 10] = [
    ("foreign_keys", "inside a transaction it does nothing"),
    ("journal_mode", "inside a transaction it does nothing, and without a journal nothing can be rolled back"),
    ("synchronous", "inside a transaction it cannot change"),
    ("writable_schema", "a catalog that is edited by hand can become unreadable"),
    ("schema_version", "a wrong number lets other connections use a catalog that is gone"),
    ("legacy_alter_table", "renames would leave references to the old name"),
    ("ignore_check_constraints", "rows that no check allows would stay"),
    ("case_sensitive_like", "a check or an index with LIKE would disagree with the rows that it was made for"),
    ("encoding", "it belongs to a database that is empty"),
    ("query_only", "the history could not be written"),
];

/// Refuses steps that cannot run here, before the first of them does.
pub(super) fn steps(steps: &[Step]) -> Attempt<()> {
    unguarded_code(steps)?;
    for step in steps {
        if let Step::Autocommit { autocommit: sql } = step {
            return Err(autocommit(sql));
        }
        for sql in step.statements() {
            one_statement(sql, &meaningful(sql), &TRANSACTION_CONTROL)?;
            harmless_pragma(sql)?;
            leaves_history(sql, sql)?;
        }
    }
    Ok(())
}

/// Refuses a function of the program's in a transaction without foreign keys.
fn unguarded_code(steps: &[Step]) -> Attempt<()> {
    let code = steps.iter().any(|step| matches!(step, Step::Rust { .. }));
    if !code || !steps.iter().any(Step::suspends_foreign_keys) {
        return Ok(());
    }
    let message = "a function would run with foreign keys off, beside a table that is made anew";
    let help = "move the `run_rust` to a migration of its own";
    Err(Fault::refusal(Diagnostic::error("E691", message).help(help)))
}

/// The setting that a `PRAGMA` sets, if it sets one.
fn set_pragma(sql: &str) -> Option<String> {
    let tokens = meaningful(sql);
    if !tokens.first()?.is_word("PRAGMA") {
        return None;
    }
    let sets = tokens.iter().position(|token| token.is_symbol('=') || token.is_symbol('('))?;
    Some(tokens.get(sets.checked_sub(1)?)?.name()?.to_lowercase())
}

/// True where a step leaves the connection with a setting of its own.
pub(super) fn sets_pragma(steps: &[Step]) -> bool {
    steps.iter().flat_map(Step::statements).any(|sql| set_pragma(sql).is_some())
}

/// Refuses a setting that does nothing inside a transaction, or that puts the catalog or the rows at risk.
fn harmless_pragma(sql: &str) -> Attempt<()> {
    let Some((pragma, why)) = set_pragma(sql).and_then(|set| REFUSED_PRAGMAS.iter().find(|(pragma, _)| *pragma == set))
    else {
        return Ok(());
    };
    let message = format!("`PRAGMA {pragma}` cannot be set by a migration: {why}");
    let diagnostic = Diagnostic::error("E642", message).note(format!("the statement: {sql}"));
    Err(Fault::refusal(diagnostic.help("take it out; the executor sets what it relies on itself")))
}

/// `SQLite` has nothing that must run outside a transaction.
pub(super) fn autocommit(sql: &str) -> Box<Fault> {
    let message = "a step outside the transaction is not supported on SQLite";
    let diagnostic = Diagnostic::error("E630", message).note(format!("the statement: {sql}"));
    let diagnostic =
        diagnostic.note("every step is in a transaction on SQLite, with `atomic = false` in one of its own");
    Fault::refusal(
        diagnostic.help("make it an ordinary step, or take it out and run it by hand between two migrations"),
    )
}

/// A column of the live table.
pub(super) struct LiveColumn {
    pub(super) name: String,
    /// Its values are computed, so that no copy carries them.
    pub(super) generated: bool,
}

/// Refuses a live table with a column that the text neither carries over nor says that it drops.
///
/// That the new table has a column of that name is not enough: somebody may have made the column by hand, with values.
pub(super) fn columns_named(table: &str, columns: &[LiveColumn], text: &[String]) -> Attempt<()> {
    let made = creation(text).map(|create| parse_table::parse(create).columns).unwrap_or_default();
    let is_made = |name: &str| made.iter().any(|column| column.name.eq_ignore_ascii_case(name));
    let kept = |column: &LiveColumn| {
        let computed = column.generated && is_made(&column.name);
        computed || is_read(text, &column.name) || is_in_comment(text, &column.name, None)
    };
    let missing: Vec<&str> = columns.iter().filter(|column| !kept(column)).map(|c| c.name.as_str()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.iter().map(|column| format!("`{column}`")).collect::<Vec<_>>().join(", ");
    let message = format!("`{table}` has a column that the migration does not know of: {list}");
    let diagnostic = Diagnostic::error("E625", message)
        .note("somebody added or renamed it by hand; the new table would lose it, with what it holds");
    let comments: Vec<String> = missing.iter().map(|column| format!("`-- drops {}`", quote(column))).collect();
    let edited = "and say `edited = \"why\"` below its `[sql.sqlite]`";
    Err(Fault::refusal(
        diagnostic
            .help(format!(
                "to keep it: add it to the CREATE TABLE of `{table}` and to both lists of its INSERT in the migration's file, {edited}; \
                 once that is applied, declare it in the model, run `makemigrations`, and record what it writes by `migrate --fake`"
            ))
            .help(format!("to let it go: drop it by hand, or write {} above that INSERT, {edited}", comments.join(", "))),
    ))
}

/// True where an `INSERT … SELECT` of the text reads the column; a type after AS or the name of a function is no column.
fn is_read(text: &[String], name: &str) -> bool {
    text.iter().any(|sql| {
        let tokens = meaningful(sql);
        let copies = tokens.first().is_some_and(|first| first.is_word("INSERT"));
        let select = tokens.iter().position(|token| token.is_word("SELECT")).filter(|_| copies);
        select.is_some_and(|select| {
            let list = list_of(&tokens, select);
            list.into_iter().filter(|i| is_name(&tokens[*i], name)).any(|i| {
                let function = tokens.get(i + 1).is_some_and(|next| next.is_symbol('('));
                tokens[i].kind == Kind::Quoted || !(tokens[i - 1].is_word("AS") || function)
            })
        })
    })
}

/// The tokens from a SELECT to its FROM, but for those of queries inside: these read other tables.
fn list_of(tokens: &[Token<'_>], select: usize) -> Vec<usize> {
    let (mut list, mut queries) = (Vec::new(), Vec::new());
    for i in select + 1..tokens.len() {
        if tokens[i].is_symbol('(') {
            queries.push(tokens.get(i + 1).is_some_and(|next| next.is_word("SELECT")));
        } else if tokens[i].is_symbol(')') {
            queries.pop();
        } else if !queries.contains(&true) {
            if tokens[i].is_word("FROM") {
                break;
            }
            list.push(i);
        }
    }
    list
}

/// True where a comment of the text quotes the name, after the kind where one is asked for: so the text says what it drops
/// on purpose.
fn is_in_comment(text: &[String], name: &str, kind: Option<&str>) -> bool {
    let quotes = |comment: &str| {
        let inside = meaningful(comment.trim_start_matches(['-', '/', '*']));
        (0..inside.len()).any(|i| {
            let is_kind = || i > 0 && kind.is_some_and(|kind| inside[i - 1].is_word(kind));
            inside[i].kind == Kind::Quoted && is_name(&inside[i], name) && (kind.is_none() || is_kind())
        })
    };
    text.iter().any(|sql| lexer::tokens(sql).iter().any(|token| token.kind == Kind::Comment && quotes(token.text)))
}

/// True where the text makes an index of that name, or says that it drops one: a column may be called the same.
pub(super) fn settles_index(text: &[String], name: &str) -> bool {
    makes_index(text, name) || is_in_comment(text, name, Some("INDEX"))
}

/// True where the text makes an index of that name.
pub(super) fn makes_index(text: &[String], name: &str) -> bool {
    text.iter().filter_map(|sql| created_index(sql)).any(|made| made.eq_ignore_ascii_case(name))
}

/// The index of a `CREATE INDEX`.
pub(super) fn created_index(sql: &str) -> Option<String> {
    let tokens = meaningful(sql);
    let index = tokens.iter().take(3).position(|token| token.is_word("INDEX"))?;
    let on = tokens.iter().position(|token| token.is_word("ON"))?;
    let creates = tokens.first().is_some_and(|first| first.is_word("CREATE"));
    tokens.get(index + 1..on)?.last().filter(|_| creates)?.name()
}

/// The columns that a `CREATE TRIGGER … UPDATE OF` names; empty for any other statement.
pub(super) fn watched_columns(sql: &str) -> Vec<String> {
    let mut cursor = Cursor::new(sql);
    let mut columns = Vec::new();
    let creates = cursor.eat(&["CREATE", "TRIGGER"]);
    while creates && !cursor.is_end() && !cursor.is_word_of(&["ON"]) {
        if cursor.eat(&["UPDATE", "OF"]) {
            columns.extend(cursor.name());
            while cursor.eat_symbol(',') {
                columns.extend(cursor.name());
            }
        } else {
            cursor.skip();
        }
    }
    columns
}

/// What an index is of: its text behind its own name and that of its table.
pub(super) fn after_name(sql: &str) -> &str {
    let open = meaningful(sql).into_iter().find(|token| token.is_symbol('('));
    open.and_then(|open| sql.get(open.start..)).unwrap_or(sql)
}

/// The statement of a rebuild that makes the new table; a person may have written another before it.
pub(super) fn creation(text: &[String]) -> Option<&str> {
    text.iter().map(String::as_str).find(|sql| created_table(sql).is_some())
}

/// The table of a `CREATE TABLE`.
pub(super) fn created_table(sql: &str) -> Option<String> {
    let mut cursor = Cursor::new(sql);
    if !cursor.eat(&["CREATE", "TABLE"]) {
        return None;
    }
    cursor.eat(&["IF", "NOT", "EXISTS"]);
    cursor.qualified_name()
}

/// Refuses a live table that keeps its rows in another way than the new one would.
///
/// <https://www.sqlite.org/stricttables.html>, <https://www.sqlite.org/withoutrowid.html>
pub(super) fn options_kept(table: &str, live: &[&str], text: &[String]) -> Attempt<()> {
    let made = creation(text).map(|create| parse_table::parse(create).options).unwrap_or_default();
    let Some(lost) = live.iter().find(|option| !made.iter().any(|kept| kept == *option)) else { return Ok(()) };
    let message = format!("`{table}` is a {lost} table, and the new one would not be");
    let help =
        format!("make `{table}` without {lost} by hand, or add {lost} to the step's CREATE TABLE and say `edited`");
    Err(Fault::refusal(Diagnostic::error("E638", message).help(help)))
}

/// Refuses a text that reads a column which the live table has not: `SQLite` would take its quoted name for a string.
///
/// <https://www.sqlite.org/quirks.html#double_quoted_string_literals_are_accepted>
pub(super) fn columns_exist(table: &str, columns: &[LiveColumn], text: &[String]) -> Attempt<()> {
    for sql in text {
        for name in selected(sql) {
            if !columns.iter().any(|column| column.name.eq_ignore_ascii_case(&name))
                && !name.eq_ignore_ascii_case(table)
            {
                let message = format!("the migration reads the column `{name}`, and `{table}` has none of that name");
                let diagnostic = Diagnostic::error("E634", message).note(format!("the statement: {sql}"));
                let help = "somebody changed the table by hand: give the column its name back, or correct the statement in the \
                            migration's file, and say `edited = \"why\"` below its `[sql.sqlite]`";
                return Err(Fault::refusal(diagnostic.help(help)));
            }
        }
    }
    Ok(())
}

/// The table of a `DROP TABLE`.
pub(super) fn dropped_table(sql: &str) -> Option<String> {
    let tokens = meaningful(sql);
    let is = |i: usize, word: &str| tokens.get(i).is_some_and(|token| token.is_word(word));
    let name = tokens.iter().take_while(|token| !token.is_symbol(';')).last()?;
    if is(0, "DROP") && is(1, "TABLE") { name.name() } else { None }
}

/// True for an `ALTER TABLE … DROP COLUMN`.
pub(super) fn drops_column(sql: &str) -> bool {
    let mut cursor = Cursor::new(sql);
    cursor.eat(&["ALTER", "TABLE"]) && cursor.qualified_name().is_some() && cursor.eat(&["DROP"])
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
