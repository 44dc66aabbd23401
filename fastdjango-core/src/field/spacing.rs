//! Whether two texts of SQL differ in nothing but white space that says nothing.

use super::lexer::{Kind, Token, tokens};

/// True where the texts are the same but for white space between their pieces.
///
/// A doubt is a difference: white space counts wherever its absence could make another piece of the two beside it, in strings and
/// comments, and in texts with something that other databases read as a string or a comment.
#[must_use]
pub fn same_but_space(one: &str, other: &str) -> bool {
    one == other || !is_doubtful(one) && !is_doubtful(other) && pieces(&tokens(one)) == pieces(&tokens(other))
}

/// `\'` ends no string on MySQL, `$$` begins one on PostgreSQL, and `#` a comment on MySQL.
fn is_doubtful(text: &str) -> bool {
    text.contains(['\\', '$', '#'])
}

/// The pieces of a text, with the white space that counts among them.
fn pieces<'a>(tokens: &[Token<'a>]) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.kind != Kind::Space {
            pieces.push(token.text);
        } else if !token.text.bytes().all(|byte| byte.is_ascii_whitespace()) {
            // What Unicode calls a space is part of a name to some databases.
            pieces.push(token.text);
        } else if let [Some(before), Some(after)] = [at.checked_sub(1), Some(at + 1)].map(|at| tokens.get(at?))
            && counts(before, after)
        {
            // PostgreSQL joins two strings with a line's end between them.
            pieces.push(if token.text.contains('\n') { "\n" } else { " " });
        }
    }
    pieces
}

/// True where two pieces may mean something else side by side.
fn counts(before: &Token<'_>, after: &Token<'_>) -> bool {
    let mark = |token: &Token<'_>| token.kind == Kind::Symbol && !matches!(token.text, "(" | ")" | ",");
    let quoted = matches!(after.kind, Kind::Text | Kind::Quoted);
    match before.kind {
        // `x'00'`, `E'a'` and `_utf8'a'` are one; `count (a)` is none of MySQL's own functions.
        Kind::Word | Kind::Number => quoted || after.is_symbol('(') && !joins(before),
        Kind::Text | Kind::Quoted | Kind::Comment => quoted,
        // `> =`, `- -`, `U&'a'`, `@ a` and `: a`.
        Kind::Symbol => {
            mark(before) && mark(after) || quoted && before.is_symbol('&') || matches!(before.text, "@" | ":")
        }
        Kind::Space => false,
    }
}

/// True for a word that is never a function's name.
fn joins(word: &Token<'_>) -> bool {
    ["AND", "OR", "NOT", "IN"].iter().any(|keyword| word.is_word(keyword))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_reads_otherwise_is_the_same() {
        for (one, other) in [
            ("rating>0 AND rating<=5", " rating > 0\n  AND rating <= 5 "),
            ("( \"a b\" IN ('x','y') )", "(\"a b\" IN('x', 'y'))"),
            ("lower( title ) <> ''", "lower(title)<>''"),
            ("a::text = 'x'", "a ::text='x'"),
        ] {
            assert!(same_but_space(one, other), "{one} and {other}");
        }
    }

    #[test]
    fn what_may_mean_something_else_is_another() {
        for (one, other) in [
            ("a = 'x y'", "a = 'x  y'"),
            ("\"a b\" > 0", "\"a  b\" > 0"),
            ("a b", "ab"),
            ("a > = 0", "a >= 0"),
            ("a - -1", "a --1"),
            ("a = x '00'", "a = x'00'"),
            ("a = E '\n'", "a = E'\n'"),
            ("count (a) > 0", "count(a) > 0"),
            ("a = 'x'\n'y'", "a = 'x' 'y'"),
            ("a = 'x' -- y\nAND b", "a = 'x' -- y AND b"),
            ("a = 1 # y\nAND b", "a = 1 # y AND b"),
            ("a = $$x y$$", "a = $$x  y$$"),
            ("a = 'x\\' OR b = ' y'", "a = 'x\\' OR b = '  y'"),
            ("a\u{a0}b > 0", "a b > 0"),
            ("a > 0 /* x  y */", "a > 0 /* x y */"),
            ("A > 0", "a > 0"),
        ] {
            assert!(!same_but_space(one, other), "{one} and {other}");
        }
    }
}
