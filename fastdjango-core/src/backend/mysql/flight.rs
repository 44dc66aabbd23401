//! A statement that commits by itself: what it finds before it, and whether it landed.
//!
//! <https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html>. What one statement defines is there whole or not at all:
//! <https://dev.mysql.com/doc/refman/8.4/en/atomic-ddl.html>, <https://mariadb.com/kb/en/atomic-ddl/>.

use std::collections::BTreeSet;

use super::catalog::{Catalog, catalog};
use super::plain::plain;
use super::session::Session;
use crate::backend::fault::Attempt;
use crate::backend::journal::unknown;
use crate::backend::statement::meaningful;
use crate::field::lexer::Token;
use crate::migration::Step;

/// What a statement does, as far as it can be told afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Flight {
    /// It reads or writes rows: in a transaction with its mark, so that no row is written twice.
    Rows,
    /// It sets something for the session, which the session of a later run must set again.
    Session,
    /// It may be run twice: the second time changes nothing.
    Again,
    /// It defines, changes or drops what the catalog shows.
    Defines(Change),
    /// Nobody can tell what it did: it runs code that commits, or leaves nothing to see.
    Code,
}

/// What a statement of definition changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// Every name that the statement speaks of, in lower case.
    mentioned: BTreeSet<String>,
    /// What it makes.
    makes: Option<String>,
    /// What it drops.
    drops: BTreeSet<String>,
}

/// The first words of statements about rows.
const ROWS: [&str; 9] = ["INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "SELECT", "VALUES", "TABLE", "LOAD"];

/// The first words of statements that may be run twice.
const AGAIN: [&str; 7] = ["ANALYZE", "OPTIMIZE", "CHECK", "REPAIR", "FLUSH", "GRANT", "REVOKE"];

/// What can be defined, and is in the catalog of the database.
const KINDS: [&str; 8] = ["TABLE", "INDEX", "VIEW", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "SEQUENCE"];

/// What is to be done with a statement that a run before us began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Landed {
    /// It is in the database.
    Yes,
    /// It is not: it may run.
    No,
}

impl Flight {
    /// Reads a step.
    pub(super) fn of(step: &Step) -> Self {
        match step {
            Step::Sql(sql) | Step::Autocommit { autocommit: sql } => Self::of_sql(sql),
            Step::Verify { .. } | Step::Rust { .. } | Step::Rebuild { .. } | Step::Drop { .. } => Self::Rows,
        }
    }

    fn of_sql(sql: &str) -> Self {
        let text = plain(sql);
        let tokens = meaningful(&text);
        // A query may stand in parentheses.
        let first = tokens.iter().find(|token| !token.is_symbol('('));
        let begins = |words: &[&str]| first.is_some_and(|first| words.iter().any(|word| first.is_word(word)));
        if begins(&ROWS) {
            Self::Rows
        } else if begins(&["SET"]) {
            Self::Session
        } else if begins(&AGAIN) {
            Self::Again
        } else if begins(&["CREATE", "ALTER", "DROP", "RENAME"]) {
            Change::of(&tokens).map_or(Self::Code, Self::Defines)
        } else {
            Self::Code
        }
    }

    /// True for a statement that no transaction of ours may hold.
    pub(super) fn is_alone(&self) -> bool {
        match self {
            Self::Rows => false,
            Self::Session | Self::Again | Self::Defines(_) | Self::Code => true,
        }
    }

    /// What the catalog says of the things that the statement speaks of, before it runs; as it is kept in the journal.
    pub(super) async fn before(&self, session: &mut Session) -> Attempt<String> {
        match self {
            Self::Defines(change) => Ok(catalog(session, &change.mentioned).await?.to_text()),
            Self::Rows | Self::Session | Self::Again | Self::Code => Ok(String::new()),
        }
    }

    /// Asks the catalog what became of a statement that was begun.
    pub(super) async fn landed(&self, session: &mut Session, sql: &str, before: &str) -> Attempt<Landed> {
        match self {
            Self::Defines(change) => {
                let now = catalog(session, &change.mentioned).await?;
                let before = Catalog::of_text(before);
                before.and_then(|before| change.landed(&before, &now)).ok_or_else(|| unknown(sql))
            }
            Self::Rows | Self::Session | Self::Again => Ok(Landed::No),
            Self::Code => Err(unknown(sql)),
        }
    }
}

impl Change {
    /// None for what the catalog of a database does not show: users, servers, whole databases.
    fn of(tokens: &[Token<'_>]) -> Option<Self> {
        let kind = tokens.iter().take(20).position(|token| KINDS.iter().any(|kind| token.is_word(kind)))?;
        let name = |token: &Token<'_>| token.name().map(|name| name.to_lowercase());
        let is = |i: usize, word: &str| tokens.get(i).is_some_and(|token| token.is_word(word));
        let temporary = tokens[..kind].iter().any(|token| token.is_word("TEMPORARY"));
        let own_tables = |token: &&Token<'_>| !token.is_word("TABLE");
        let mentioned = tokens.iter().filter(own_tables).filter_map(name).collect();
        let mut change = Self { mentioned, ..Self::default() };
        if temporary {
            // It goes with the session, and no catalog shows it.
            return Some(change);
        }
        let is_index = is(kind, "INDEX");
        if is(0, "DROP") && !is_index {
            let from = if is(kind + 1, "IF") { kind + 3 } else { kind + 1 };
            change.drops = list(&tokens[from.min(tokens.len())..]);
        } else if is(0, "CREATE") && !is_index {
            let from = if is(kind + 1, "IF") { kind + 4 } else { kind + 1 };
            change.makes = list(&tokens[from.min(tokens.len())..]).pop_first();
        }
        Some(change)
    }

    /// What became of it; none where the catalog shows something that the statement would not have made.
    fn landed(&self, before: &Catalog, now: &Catalog) -> Option<Landed> {
        if before == now {
            return Some(Landed::No);
        }
        let is_new = |name: &String| !before.has(name) && now.has(name);
        let made = self.makes.as_ref().is_none_or(|name| is_new(name) || before.has(name) && now.has(name));
        let gone = self.drops.iter().all(|name| !now.has(name));
        (made && gone).then_some(Landed::Yes)
    }
}

/// The names of a list such as `a, shop.b, c`, up to what is none.
fn list(tokens: &[Token<'_>]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut tokens = tokens.iter().peekable();
    while let Some(mut name) = tokens.next().and_then(Token::name) {
        while tokens.next_if(|token| token.is_symbol('.')).is_some() {
            name = tokens.next().and_then(Token::name).unwrap_or(name);
        }
        names.insert(name.to_lowercase());
        if tokens.next_if(|token| token.is_symbol(',')).is_none() {
            break;
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(sql: &str) -> (Option<String>, Vec<String>) {
        match Flight::of_sql(sql) {
            Flight::Defines(change) => (change.makes, change.drops.into_iter().collect()),
            other => panic!("{sql}: {other:?}"),
        }
    }

    #[test]
    fn statements_say_what_they_change() {
        let makes = |name: &str| (Some(name.to_owned()), Vec::new());
        assert_eq!(change("CREATE TABLE `Post` (id int)"), makes("post"));
        assert_eq!(change("CREATE TABLE IF NOT EXISTS shop.post (id int)"), makes("post"));
        assert_eq!(
            change("CREATE DEFINER = `a`@`b` TRIGGER t BEFORE INSERT ON p FOR EACH ROW SET new.x = 1"),
            makes("t")
        );
        let drops = |names: &[&str]| (None, names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>());
        assert_eq!(change("DROP TABLE IF EXISTS `a`, s.b CASCADE"), drops(&["a", "b"]));
        assert_eq!(change("ALTER TABLE a ADD x int"), (None, Vec::new()));
        assert_eq!(change("CREATE UNIQUE INDEX i ON a (x)"), (None, Vec::new()));
        assert_eq!(change("CREATE TEMPORARY TABLE t (id int)"), (None, Vec::new()));
    }

    #[test]
    fn statements_are_told_apart() {
        for sql in
            ["INSERT INTO a VALUES (1)", "(SELECT 1) UNION (SELECT 2)", "with x as (select 1) update a set b = 1"]
        {
            assert_eq!(Flight::of_sql(sql), Flight::Rows, "{sql}");
        }
        assert_eq!(Flight::of_sql("SET foreign_key_checks = 0"), Flight::Session);
        assert_eq!(Flight::of_sql("/* x */ optimize table a"), Flight::Again);
        for sql in ["CALL p()", "TRUNCATE a", "CREATE USER x", "ALTER DATABASE d COMMENT 'x'", "DO SLEEP(1)"] {
            assert_eq!(Flight::of_sql(sql), Flight::Code, "{sql}");
        }
    }

    #[test]
    fn a_statement_landed_where_the_catalog_shows_what_it_makes() {
        let of = |names: &[&str]| {
            let entries = names.iter().map(|name| (format!("table {name}"), "h".to_owned()));
            Catalog(entries.collect())
        };
        let landed = |sql: &str, before: &[&str], now: &[&str]| match Flight::of_sql(sql) {
            Flight::Defines(change) => change.landed(&of(before), &of(now)),
            other => panic!("{other:?}"),
        };
        assert_eq!(landed("CREATE TABLE a (id int)", &[], &[]), Some(Landed::No));
        assert_eq!(landed("CREATE TABLE a (id int)", &[], &["a"]), Some(Landed::Yes));
        assert_eq!(landed("CREATE TABLE a (b int)", &["b"], &[]), None);
        assert_eq!(landed("DROP TABLE a, b", &["a", "b"], &["b"]), None);
        assert_eq!(landed("DROP TABLE a, b", &["a", "b"], &[]), Some(Landed::Yes));
        assert_eq!(landed("RENAME TABLE a TO b", &["a"], &["b"]), Some(Landed::Yes));
    }
}
