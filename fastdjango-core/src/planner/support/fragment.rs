//! SQL that the model says itself, and what it compares.

use super::Refusals;
use crate::diagnostic::Diagnostic;
use crate::field::lexer::{self, Kind};
use crate::field::{ColumnType, Sql};
use crate::schema::{CheckExpression, Column, Table};

impl Refusals<'_> {
    pub(super) fn checks(&mut self, model: &str, table: &Table) {
        for check in &table.checks {
            if let CheckExpression::Sql(sql) = &check.expression {
                let name = check.name.as_deref().unwrap_or("?");
                let place = format!("{model}, check `{name}`");
                self.fragment(&place, "sql", Some(sql));
                self.ordered_fragment(&place, sql, table);
                self.uuid_fragment(&place, sql, table);
            }
        }
    }

    /// A UUID of a type of its own compares with no number, and the server would say so in the middle of the migration.
    fn uuid_fragment(&mut self, place: &str, sql: &Sql, table: &Table) {
        let text = sql.for_engine(self.facts.engine).unwrap_or_default();
        let is_uuid = |column: &&Column| column.ty == ColumnType::Uuid && column.db_type.is_none();
        let mut uuids = table.columns.iter().filter(is_uuid);
        if let Some(column) = uuids.find(|column| self.facts.uuid_type && compares_with_number(text, &column.name)) {
            let what = format!("a comparison of `{}`, a uuid, with a number", column.name);
            self.refuse("E420", place, &what, "compare it with the text of a uuid, or leave the check out");
        }
    }

    pub(super) fn fragment(&mut self, place: &str, key: &str, sql: Option<&Sql>) {
        let engine = self.facts.engine;
        if sql.is_some_and(|sql| sql.for_engine(engine).is_none()) {
            let message = format!("`{key}` of `{place}` has no text for {engine}");
            let help = format!("write one: `sql({engine} = \"…\", …)`");
            self.found.push(Diagnostic::error("E421", message).help(help));
        }
        if let Some(Sql::Any(text)) = sql.filter(|_| !self.facts.pipes_concatenate)
            && has_pipes(text)
        {
            let message = format!("`{key}` of `{place}` has `||`, which is OR for {engine}");
            let help = format!("write the text for it with `concat(…)`: `sql({engine} = \"…\", …)`");
            self.found.push(Diagnostic::error("E421", message).help(help));
        }
    }

    /// A fragment that orders a decimal which is stored as text would order it letter by letter.
    pub(super) fn ordered_fragment(&mut self, place: &str, sql: &Sql, table: &Table) {
        let text = sql.for_engine(self.facts.engine).unwrap_or_default();
        if !orders(text) {
            return;
        }
        let mentioned = table.columns.iter().filter(|c| self.is_unordered(c) && lexer::mentions(text, &c.name));
        for column in mentioned.collect::<Vec<_>>() {
            self.unordered(place, column);
        }
    }

    pub(super) fn is_unordered(&self, column: &Column) -> bool {
        let most = self.facts.ordered_decimal_digits;
        matches!((&column.ty, most), (ColumnType::Numeric(digits, _), Some(most)) if *digits > most)
            && column.db_type.is_none()
    }

    pub(super) fn unordered(&mut self, place: &str, column: &Column) {
        let engine = self.facts.engine.title();
        let message = format!("`{place}` orders `{}`, which {engine} stores as text", column.name);
        let most = self.facts.ordered_decimal_digits.unwrap_or_default();
        self.found.push(
            Diagnostic::error("E422", message)
                .note(format!("a decimal of more than {most} digits is kept exactly, but compares letter by letter: '9' is more than '10'"))
                .help(format!("use at most {most} digits (`max_digits = {most}`), or leave the index or fragment out")),
        );
    }
}

/// True for a text that compares by size.
fn orders(text: &str) -> bool {
    let words = ["between", "min", "max"];
    let order = |token: &lexer::Token<'_>| {
        token.is_symbol('<') || token.is_symbol('>') || words.iter().any(|word| token.is_word(word))
    };
    // `<>` is two symbols, and asks for no order; counting it too only refuses more than needed.
    lexer::tokens(text).iter().any(order)
}

/// True where the column alone, and nothing that is computed from it, stands on the left of a number.
fn compares_with_number(text: &str, column: &str) -> bool {
    let tokens = lexer::tokens(text);
    let blank = |token: &&lexer::Token<'_>| matches!(token.kind, Kind::Space | Kind::Comment);
    let tokens: Vec<&lexer::Token<'_>> = tokens.iter().filter(|token| !blank(token)).collect();
    let is_edge = |at: Option<&&lexer::Token<'_>>, brackets: char| {
        at.is_none_or(|token| token.is_symbol(brackets) || ["and", "or", "not"].iter().any(|word| token.is_word(word)))
    };
    (0..tokens.len()).any(|at| {
        let operators = tokens[at + 1..].iter().take_while(|t| ['<', '>', '=', '!'].iter().any(|s| t.is_symbol(*s)));
        let number = at + 1 + operators.count();
        let is_column = tokens[at].name().is_some_and(|name| name.eq_ignore_ascii_case(column));
        is_column
            && number > at + 1
            && tokens.get(number).is_some_and(|token| token.kind == Kind::Number)
            && is_edge(at.checked_sub(1).and_then(|before| tokens.get(before)), '(')
            && is_edge(tokens.get(number + 1), ')')
    })
}

/// True for `||` outside texts, names and comments.
fn has_pipes(text: &str) -> bool {
    lexer::tokens(text).windows(2).any(|two| two.iter().all(|token| token.is_symbol('|')))
}
