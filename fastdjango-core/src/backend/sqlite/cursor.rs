//! A position in the tokens of a statement.

use crate::field::lexer::{Kind, Token, tokens};

/// Reads a statement of the catalog token by token; comments and spaces are not seen.
///
/// <https://www.sqlite.org/schematab.html>: the catalog keeps statements as they were typed, after `CREATE`.
pub(super) struct Cursor<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let tokens = tokens(text).into_iter().filter(|token| !matches!(token.kind, Kind::Space | Kind::Comment));
        Self { text, tokens: tokens.collect(), at: 0 }
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<&Token<'a>> {
        self.tokens.get(self.at + ahead)
    }

    pub(super) fn is_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub(super) fn skip(&mut self) {
        self.at += 1;
    }

    /// Takes the words, where all of them come next.
    pub(super) fn eat(&mut self, words: &[&str]) -> bool {
        let all = words.iter().enumerate().all(|(i, word)| self.peek(i).is_some_and(|token| token.is_word(word)));
        if all {
            self.at += words.len();
        }
        all
    }

    pub(super) fn eat_symbol(&mut self, symbol: char) -> bool {
        let found = self.peek(0).is_some_and(|token| token.is_symbol(symbol));
        self.at += usize::from(found);
        found
    }

    pub(super) fn is_word_of(&self, words: &[&str]) -> bool {
        self.peek(0).is_some_and(|token| words.iter().any(|word| token.is_word(word)))
    }

    /// Takes a name, quoted in any way; `SQLite` takes a string for a name too.
    pub(super) fn name(&mut self) -> Option<String> {
        let token = self.peek(0)?;
        let name = match token.kind {
            Kind::Text => token.string(),
            Kind::Word | Kind::Quoted => token.name(),
            Kind::Number | Kind::Space | Kind::Comment | Kind::Symbol => None,
        };
        self.at += usize::from(name.is_some());
        name
    }

    /// Takes a name that may stand behind the name of its schema.
    pub(super) fn qualified_name(&mut self) -> Option<String> {
        let name = self.name()?;
        if self.eat_symbol('.') { self.name() } else { Some(name) }
    }

    /// Takes everything within the parentheses that come next.
    pub(super) fn group(&mut self) -> Option<&'a str> {
        if !self.eat_symbol('(') {
            return None;
        }
        let first = self.at;
        let mut depth = 1;
        while let Some(token) = self.peek(0) {
            if token.is_symbol('(') {
                depth += 1;
            } else if token.is_symbol(')') {
                depth -= 1;
            }
            self.at += 1;
            if depth == 0 {
                return Some(self.between(first, self.at - 1));
            }
        }
        None
    }

    /// Everything from here to the end of the statement.
    pub(super) fn rest(&self) -> &'a str {
        self.between(self.at, self.tokens.len())
    }

    /// The text of the tokens from one to before the other.
    fn between(&self, from: usize, to: usize) -> &'a str {
        match (self.tokens.get(from), self.tokens[..to].last()) {
            (Some(first), Some(last)) if from < to => &self.text[first.start..last.start + last.text.len()],
            _ => "",
        }
    }
}

/// The parts of a list that commas separate, whatever stands in parentheses.
pub(super) fn parts(list: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for token in tokens(list) {
        if token.is_symbol('(') {
            depth += 1;
        } else if token.is_symbol(')') {
            depth -= 1;
        } else if token.is_symbol(',') && depth == 0 {
            parts.push(list[start..token.start].trim());
            start = token.start + 1;
        }
    }
    parts.push(list[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

/// The names of a list of columns.
pub(super) fn names(list: &str) -> Vec<String> {
    parts(list).into_iter().filter_map(|part| Cursor::new(part).name()).collect()
}
