//! Expressions as the two servers print them.

use std::iter::Peekable;
use std::str::Chars;

use super::plain::plain;
use crate::backend::names::literal;
use crate::backend::statement::bare;
use crate::field::Engine;

/// An expression of the catalog, with its texts as literals of the standard, and without the character set before each.
///
/// `MySQL` prints an expression as a text in which quotes and backslashes are escaped once more:
/// `(`a` > _utf8mb4\'it\\\'s\')`.
pub(super) fn expression(engine: Engine, printed: &str) -> String {
    let text = match engine {
        Engine::Mysql => standard(&unescaped(printed)),
        Engine::Mariadb | Engine::Sqlite | Engine::Postgres => standard(printed),
    };
    bare(&text, plain).to_owned()
}

fn unescaped(printed: &str) -> String {
    let mut text = String::with_capacity(printed.len());
    let mut chars = printed.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.extend(chars.next().map(meant)),
            _ => text.push(c),
        }
    }
    text
}

/// What a character behind a backslash means. <https://dev.mysql.com/doc/refman/8.4/en/string-literals.html>
fn meant(escaped: char) -> char {
    match escaped {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '0' => '\0',
        'b' => '\u{8}',
        'Z' => '\u{1a}',
        _ => escaped,
    }
}

fn standard(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut chars = sql.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                let string = quoted(&mut chars, c, true);
                let introducer = text.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(0, |at| at + 1);
                if text[introducer..].starts_with("_utf8") || text[introducer..].starts_with("_latin1") {
                    text.truncate(introducer);
                }
                text.push_str(&literal(&string));
            }
            '`' => {
                let name = quoted(&mut chars, c, false);
                text.push_str(&super::names::quote(&name));
            }
            _ => text.push(c),
        }
    }
    text
}

fn quoted(chars: &mut Peekable<Chars<'_>>, quote: char, escapes: bool) -> String {
    let mut text = String::new();
    while let Some(c) = chars.next() {
        if escapes && c == '\\' {
            text.extend(chars.next().map(meant));
        } else if c != quote {
            text.push(c);
        } else if chars.next_if_eq(&quote).is_some() {
            text.push(quote);
        } else {
            break;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_servers_print_the_same_condition() {
        let mysql = expression(Engine::Mysql, r"(`a` in (_utf8mb4\'it\\\'s\',_utf8mb4\'b\\\\c\'))");
        assert_eq!(mysql, r"`a` in ('it''s','b\c')");
        assert_eq!(expression(Engine::Mariadb, r"`a` in ('it\'s','b\\c')"), r"`a` in ('it''s','b\c')");
    }

    #[test]
    fn only_a_character_set_is_left_out() {
        assert_eq!(expression(Engine::Mariadb, "concat(`a_utf8mb4`,'x')"), "concat(`a_utf8mb4`,'x')");
        assert_eq!(expression(Engine::Mysql, r"concat(_utf8mb3\'x\',_utf8mb4\'\')"), "concat('x','')");
    }
}
