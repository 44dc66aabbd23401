//! The text of a statement without what only `PostgreSQL` quotes and comments: what is left reads as on every database.
//!
//! <https://www.postgresql.org/docs/current/sql-syntax-lexical.html>

/// The text with an empty string for each dollar-quoted and each escape string, and a space for each comment.
pub(super) fn plain(sql: &str) -> String {
    let mut left = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (length, instead) = piece(rest, first, left.chars().next_back());
        match instead {
            Some(instead) => left.push_str(instead),
            None => left.push_str(&rest[..length]),
        }
        rest = &rest[length..];
    }
    left
}

/// How long the next piece is, and what stands for it.
fn piece<'a>(rest: &str, first: char, before: Option<char>) -> (usize, Option<&'a str>) {
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$') || !c.is_ascii());
    match first {
        '-' if rest.starts_with("--") => (rest.find('\n').unwrap_or(rest.len()), Some(" ")),
        '/' if rest.starts_with("/*") => (comment(rest), Some(" ")),
        '\'' => (quoted(rest, '\'', false), None),
        '"' => (quoted(rest, '"', false), None),
        'e' | 'E' if !in_word && rest[1..].starts_with('\'') => (1 + quoted(&rest[1..], '\'', true), Some("''")),
        '$' if !in_word => dollar(rest).map_or((1, None), |length| (length, Some("''"))),
        // Other databases quote by these.
        '`' => (1, Some(" ")),
        '[' => (1, Some("(")),
        ']' => (1, Some(")")),
        _ => (first.len_utf8(), None),
    }
}

/// Comments nest.
fn comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(next) = rest.get(at..).filter(|next| !next.is_empty()) {
        if next.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if next.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += next.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// The length of a quoted piece in which the quote is escaped by doubling it, and by a backslash where that escapes.
fn quoted(rest: &str, quote: char, escapes: bool) -> usize {
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if escapes && c == '\\' || c == quote && chars.peek().is_some_and(|(_, next)| *next == quote) {
            chars.next();
        } else if c == quote {
            return at + 1;
        }
    }
    rest.len()
}

/// The length of a dollar-quoted string, where one begins here.
fn dollar(rest: &str) -> Option<usize> {
    let tag = 2 + rest[1..].find('$')?;
    let name = &rest[1..tag - 1];
    let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_' || !c.is_ascii());
    if !is_name || name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Some(rest[tag..].find(&rest[..tag]).map_or(rest.len(), |end| tag + end + tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_escapes_and_nested_comments_are_no_statements() {
        assert_eq!(plain("DO $$ BEGIN; COMMIT; END $$; x"), "DO ''; x");
        assert_eq!(plain("DO $a$ $$ ; $b$ $a$ y"), "DO '' y");
        assert_eq!(plain("/* /* */ COMMIT */ SELECT 1 -- ;\n;"), "  SELECT 1  \n;");
        assert_eq!(plain(r"SELECT E'it\'s; ' || e'x', 'a\'; b"), r"SELECT '' || '', 'a\'; b");
        assert_eq!(plain("SELECT a$b$c, $1, \"$$;\", '$$;', x[1]"), "SELECT a$b$c, $1, \"$$;\", '$$;', x(1)");
        assert_eq!(plain("SELECT 'open"), "SELECT 'open");
        assert_eq!(plain("$$open"), "''");
    }
}
