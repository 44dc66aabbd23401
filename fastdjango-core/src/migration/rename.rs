//! Renames among the steps: under which name a table stood before the first of them.

use std::collections::BTreeSet;

use super::Step;
use crate::field::lexer::{self, Kind, Token};

/// What an `ALTER TABLE … RENAME` gives another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rename {
    /// A table.
    Table {
        /// The name before.
        from: String,
        /// The name after.
        to: String,
    },
    /// A column.
    Column {
        /// The table.
        table: String,
        /// The name before.
        from: String,
        /// The name after.
        to: String,
    },
}

impl Rename {
    /// The rename that a step is, if it is one. <https://www.sqlite.org/lang_altertable.html>
    #[must_use]
    pub fn of(step: &Step) -> Option<Self> {
        let Step::Sql(sql) = step else { return None };
        let tokens: Vec<Token<'_>> =
            lexer::tokens(sql).into_iter().filter(|token| !matches!(token.kind, Kind::Space | Kind::Comment)).collect();
        let is = |i: usize, word: &str| tokens.get(i).is_some_and(|token| token.is_word(word));
        let name = |i: usize| tokens.get(i).and_then(Token::name);
        if !(is(0, "ALTER") && is(1, "TABLE") && is(3, "RENAME")) {
            return None;
        }
        let table = name(2)?;
        if is(4, "TO") {
            return Some(Self::Table { from: table, to: name(5)? });
        }
        let first = if is(4, "COLUMN") { 5 } else { 4 };
        is(first + 1, "TO").then(|| Some(Self::Column { table, from: name(first)?, to: name(first + 2)? }))?
    }
}

/// The tables that the steps rebuild, under the names that they have before the first step.
#[must_use]
pub fn rebuilt(steps: &[Step]) -> BTreeSet<String> {
    let rebuilds = steps.iter().enumerate().filter_map(|(i, step)| match step {
        Step::Rebuild { rebuild, .. } => Some((i, rebuild)),
        _ => None,
    });
    rebuilds.map(|(i, table)| former_name(&steps[..i], table)).collect()
}

/// The name before the steps of a table that is called `table` after them.
#[must_use]
pub fn former_name(steps: &[Step], table: &str) -> String {
    steps.iter().rev().filter_map(Rename::of).fold(table.to_owned(), |name, rename| match rename {
        Rename::Table { from, to } if to.eq_ignore_ascii_case(&name) => from,
        Rename::Table { .. } | Rename::Column { .. } => name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sql(text: &str) -> Step {
        Step::Sql(text.to_owned())
    }

    #[test]
    fn renames_are_read_in_every_spelling() {
        let table = Rename::Table { from: "a b".into(), to: "to".into() };
        assert_eq!(Rename::of(&sql("ALTER TABLE \"a b\" RENAME TO \"to\"")), Some(table));
        let column = Rename::Column { table: "t".into(), from: "to".into(), to: "x".into() };
        assert_eq!(Rename::of(&sql("alter table t rename column \"to\" to x")), Some(column.clone()));
        assert_eq!(Rename::of(&sql("ALTER TABLE t RENAME \"to\" TO x -- y")), Some(column));
        assert_eq!(Rename::of(&sql("ALTER TABLE t ADD COLUMN rename integer")), None);
    }

    #[test]
    fn a_rebuilt_table_is_followed_back_through_swaps() {
        let rebuild = |table: &str| Step::Rebuild { rebuild: table.into(), sql: Vec::new() };
        let swap = ["ALTER TABLE a RENAME TO t", "ALTER TABLE b RENAME TO a", "ALTER TABLE t RENAME TO b"].map(sql);
        let steps = [&swap[..], &[rebuild("a"), sql("ALTER TABLE a RENAME TO c")]].concat();
        assert_eq!(rebuilt(&steps), BTreeSet::from(["b".to_owned()]));
    }
}
