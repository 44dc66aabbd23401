//! The text of a statement without what only `MySQL` and `MariaDB` quote and comment: what is left reads as on every database.
//!
//! <https://dev.mysql.com/doc/refman/8.4/en/comments.html>, <https://dev.mysql.com/doc/refman/8.4/en/string-literals.html>

use crate::backend::names::{literal, quote};

/// The text with standard quotes, a space for each comment, and what a comment has the server run.
pub(super) fn plain(sql: &str) -> String {
    let mut left = String::with_capacity(sql.len());
    let mut rest = sql;
    let mut runs = false;
    while let Some(first) = rest.chars().next() {
        let (length, instead) = piece(rest, first, &mut runs);
        match instead {
            Some(instead) => left.push_str(&instead),
            None => left.push_str(&rest[..length]),
        }
        rest = &rest[length..];
    }
    left
}

/// How long the next piece is, and what stands for it.
fn piece(rest: &str, first: char, runs: &mut bool) -> (usize, Option<String>) {
    let space = || Some(" ".to_owned());
    match first {
        '-' if is_dashes(rest) => (rest.find('\n').unwrap_or(rest.len()), space()),
        '#' => (rest.find('\n').unwrap_or(rest.len()), space()),
        '/' if rest.starts_with("/*!") || rest.starts_with("/*M!") => {
            *runs = true;
            (marker(rest), space())
        }
        '/' if rest.starts_with("/*") => (rest.find("*/").map_or(rest.len(), |end| end + 2), space()),
        '*' if *runs && rest.starts_with("*/") => {
            *runs = false;
            (2, space())
        }
        '\'' | '"' => {
            let (length, text) = quoted(rest, first, true);
            (length, Some(literal(&text)))
        }
        '`' => {
            let (length, name) = quoted(rest, first, false);
            (length, Some(quote(&name)))
        }
        // Another database quotes by these.
        '[' => (1, Some("(".to_owned())),
        ']' => (1, Some(")".to_owned())),
        _ => (first.len_utf8(), None),
    }
}

/// Two dashes are a comment where a space follows.
fn is_dashes(rest: &str) -> bool {
    rest.strip_prefix("--").is_some_and(|rest| rest.chars().next().is_none_or(|c| c.is_whitespace() || c.is_control()))
}

/// The length of what begins a comment that runs: `/*!50001`, `/*M!100500`.
fn marker(rest: &str) -> usize {
    let begin = rest.find('!').map_or(rest.len(), |at| at + 1);
    begin + rest[begin..].bytes().take_while(u8::is_ascii_digit).count()
}

/// The length and the text of a quoted piece in which the quote is doubled, and escaped by a backslash where that escapes.
fn quoted(rest: &str, quote: char, escapes: bool) -> (usize, String) {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        let doubled = c == quote && chars.peek().is_some_and(|(_, next)| *next == quote);
        if doubled || escapes && c == '\\' {
            text.extend(chars.next().map(|(_, next)| next));
        } else if c == quote {
            return (at + 1, text);
        } else {
            text.push(c);
        }
    }
    (rest.len(), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_comment_runs_is_seen_and_what_a_string_holds_is_not() {
        assert_eq!(plain("SELECT 'it\\'s; ', \"a;\", `b;c` # ;\n;"), "SELECT 'it''s; ', 'a;', \"b;c\"  \n;");
        assert_eq!(plain("/*!50001 COMMIT */ x"), "  COMMIT   x");
        assert_eq!(plain("/*M!100500 COMMIT*/"), "  COMMIT ");
        assert_eq!(plain("/* a /* b */ COMMIT"), "  COMMIT");
        assert_eq!(plain("SELECT 1--2 -- 3"), "SELECT 1--2  ");
        assert_eq!(plain("SELECT 'open\\"), "SELECT 'open'");
        assert_eq!(plain("`a``b`"), "\"a`b\"");
    }
}
