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
        Engine::Mysql => standard(&unescaped(printed), repaired),
        Engine::Mariadb | Engine::Sqlite | Engine::Postgres => standard(printed, |text| text),
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

fn standard(sql: &str, meant: fn(String) -> String) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut chars = sql.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                let string = meant(quoted(&mut chars, c, true));
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

/// The text that was stored: `MySQL` prints the bytes of a literal as if each were a character of `latin1`, and `ü` as `Ã¼`.
///
/// What is no UTF-8 when it is read so was printed as it is.
fn repaired(text: String) -> String {
    let bytes: Option<Vec<u8>> = text.chars().map(latin1).collect();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or(text)
}

/// The byte of a character in `latin1`, which is Windows 1252 there.
///
/// <https://dev.mysql.com/doc/refman/8.4/en/charset-we-sets.html>
fn latin1(c: char) -> Option<u8> {
    const ABOVE: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    let place = ABOVE.iter().position(|above| *above == c).and_then(|at| u8::try_from(at + 0x80).ok());
    place.or_else(|| u8::try_from(u32::from(c)).ok().filter(|byte| !(0x80..0xa0).contains(byte)))
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
    fn a_text_is_what_was_stored() {
        let mysql = |printed: &str| expression(Engine::Mysql, printed);
        assert_eq!(mysql(r"(`a` in (_utf8mb4\'Ã¼\',_utf8mb4\'â‚¬\'))"), "`a` in ('ü','€')");
        assert_eq!(mysql(r"concat(_utf8mb4\'ü\',_utf8mb4\'plain\')"), "concat('ü','plain')");
        assert_eq!(expression(Engine::Mariadb, "`a` = 'Ã¼'"), "`a` = 'Ã¼'");
    }

    #[test]
    fn only_a_character_set_is_left_out() {
        assert_eq!(expression(Engine::Mariadb, "concat(`a_utf8mb4`,'x')"), "concat(`a_utf8mb4`,'x')");
        assert_eq!(expression(Engine::Mysql, r"concat(_utf8mb3\'x\',_utf8mb4\'\')"), "concat('x','')");
    }
}
