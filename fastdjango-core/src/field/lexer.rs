//! A lexer for fragments and statements of SQL: just enough to find identifiers, strings, comments, and the ends of statements.
//!
//! <https://www.sqlite.org/lang_keywords.html>, <https://www.postgresql.org/docs/current/sql-syntax-lexical.html>

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A bare word: an identifier, a keyword, or a function's name.
    Word,
    /// A quoted identifier: `"x"`, `` `x` `` or `[x]`.
    Quoted,
    /// A string literal, with the quotes.
    Text,
    /// A number.
    Number,
    /// White space.
    Space,
    /// A comment.
    Comment,
    /// One other character.
    Symbol,
}

/// A piece of the text; all pieces together are the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: Kind,
    /// The text as written.
    pub text: &'a str,
    /// Where it begins, in bytes.
    pub start: usize,
}

impl Token<'_> {
    /// The name that a word or a quoted identifier stands for.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        match self.kind {
            Kind::Word => Some(self.text.to_owned()),
            Kind::Quoted => Some(unquote(self.text)),
            _ => None,
        }
    }

    /// The text that a string literal stands for.
    #[must_use]
    pub fn string(&self) -> Option<String> {
        (self.kind == Kind::Text).then(|| unquote(self.text))
    }

    /// True for a word that equals `keyword`, in any case.
    #[must_use]
    pub fn is_word(&self, keyword: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(keyword)
    }

    /// True for the one-character symbol `symbol`.
    #[must_use]
    pub fn is_symbol(&self, symbol: char) -> bool {
        self.kind == Kind::Symbol && self.text.chars().eq([symbol])
    }
}

/// Splits a text into tokens; never fails: an unclosed quote runs to the end.
#[must_use]
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut start = 0;
    while let Some(first) = text[start..].chars().next() {
        let (kind, length) = if first == '[' && tokens.last().is_some_and(is_operand) {
            (Kind::Symbol, 1)
        } else {
            next(&text[start..], first)
        };
        tokens.push(Token { kind, text: &text[start..start + length], start });
        start += length;
    }
    tokens
}

/// True for what a bracket right after it belongs to: `ARRAY['a']`, `tags[1]`. Elsewhere `SQLite` quotes by brackets.
///
/// <https://www.postgresql.org/docs/current/sql-expressions.html#SQL-EXPRESSIONS-SUBSCRIPTS>
fn is_operand(token: &Token<'_>) -> bool {
    match token.kind {
        Kind::Word | Kind::Quoted => true,
        Kind::Symbol => matches!(token.text, ")" | "[" | "]"),
        Kind::Text | Kind::Number | Kind::Space | Kind::Comment => false,
    }
}

fn next(rest: &str, first: char) -> (Kind, usize) {
    match first {
        c if is_space(c) => (Kind::Space, run(rest, is_space)),
        '\'' => (Kind::Text, quoted(rest, '\'')),
        '"' => (Kind::Quoted, quoted(rest, '"')),
        '`' => (Kind::Quoted, quoted(rest, '`')),
        '[' => (Kind::Quoted, rest.find(']').map_or(rest.len(), |end| end + 1)),
        '-' if rest.starts_with("--") => (Kind::Comment, rest.find('\n').unwrap_or(rest.len())),
        '/' if rest.starts_with("/*") => (Kind::Comment, rest[2..].find("*/").map_or(rest.len(), |end| end + 4)),
        c if c.is_ascii_digit() => (Kind::Number, run(rest, |c| c.is_ascii_alphanumeric() || c == '.')),
        c if is_word_start(c) => (Kind::Word, run(rest, |c| is_word_start(c) || c.is_ascii_digit() || c == '$')),
        c => (Kind::Symbol, c.len_utf8()),
    }
}

/// `SQLite` passes over a byte order mark wherever it stands.
fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

fn is_word_start(c: char) -> bool {
    c.is_alphabetic() || c == '_' || !c.is_ascii() && !is_space(c)
}

fn run(rest: &str, belongs: impl Fn(char) -> bool) -> usize {
    rest.find(|c| !belongs(c)).unwrap_or(rest.len())
}

/// The length of a quoted piece in which the quote is escaped by doubling it.
fn quoted(rest: &str, quote: char) -> usize {
    let mut from = 1;
    while let Some(found) = rest[from..].find(quote) {
        let end = from + found + 1;
        if rest[end..].starts_with(quote) {
            from = end + 1;
        } else {
            return end;
        }
    }
    rest.len()
}

fn unquote(text: &str) -> String {
    let quote = text.chars().next().unwrap_or('"');
    let close = if quote == '[' { ']' } else { quote };
    let inner = text.strip_prefix(quote).unwrap_or(text);
    let inner = inner.strip_suffix(close).unwrap_or(inner);
    inner.replace(&format!("{close}{close}"), &close.to_string())
}

/// True where an identifier of the text names `column`.
#[must_use]
pub fn mentions(text: &str, column: &str) -> bool {
    let tokens = tokens(text);
    (0..tokens.len()).any(|i| names(&tokens, i, column))
}

/// The text with every identifier `from` replaced by `to`, quoted where `to` is no plain word.
#[must_use]
pub fn rename(text: &str, from: &str, to: &str) -> String {
    let tokens = tokens(text);
    let mut renamed = String::with_capacity(text.len());
    for (i, token) in tokens.iter().enumerate() {
        if !names(&tokens, i, from) {
            renamed.push_str(token.text);
        } else if token.kind == Kind::Word && is_plain(to) {
            renamed.push_str(to);
        } else {
            renamed.push('"');
            renamed.push_str(&to.replace('"', "\"\""));
            renamed.push('"');
        }
    }
    renamed
}

fn names(tokens: &[Token<'_>], i: usize, column: &str) -> bool {
    let called = || tokens[i + 1..].iter().find(|t| t.kind != Kind::Space).is_some_and(|t| t.is_symbol('('));
    match tokens[i].kind {
        Kind::Word => tokens[i].text.eq_ignore_ascii_case(column) && !called(),
        Kind::Quoted => tokens[i].name().is_some_and(|name| name == column),
        _ => false,
    }
}

fn is_plain(name: &str) -> bool {
    name.chars().next().is_some_and(is_word_start) && name.chars().all(|c| is_word_start(c) || c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_add_up_to_the_text() {
        let text = "a >= 1.5e3 -- c\n AND \"b\"\"x\" = 'it''s' /* d */ [e f] ü";
        assert_eq!(tokens(text).iter().map(|t| t.text).collect::<String>(), text);
        assert_eq!(tokens("'open")[0].text, "'open");
    }

    #[test]
    fn a_rename_touches_identifiers_only() {
        let text = r#"rating > 0 AND "rating" < 5 AND note <> 'rating' AND rating(1) -- rating"#;
        let want = r#"score > 0 AND "score" < 5 AND note <> 'rating' AND rating(1) -- rating"#;
        assert_eq!(rename(text, "rating", "score"), want);
        assert_eq!(rename("a = b", "a", "my col"), r#""my col" = b"#);
        assert!(!mentions("'rating'", "rating"));
        assert_eq!(rename("[a] = ANY (ARRAY[a, tags[a]])", "a", "b"), r#""b" = ANY (ARRAY[b, tags[b]])"#);
    }
}
