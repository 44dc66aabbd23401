//! When two fragments of SQL say the same.

use crate::field::lexer::{Kind, tokens};

/// True where two fragments differ only in white space, comments, the quoting and case of names, and outer parentheses.
///
/// Anything beyond that is a difference: to call two conditions equal that are not would hide a drift.
#[must_use]
pub fn same_sql(one: &str, other: &str) -> bool {
    normal_form(one) == normal_form(other)
}

/// The tokens that count, names in lower case and without quotes.
pub(super) fn normal_form(text: &str) -> Vec<String> {
    let mut words: Vec<String> = tokens(text)
        .into_iter()
        .filter(|token| !matches!(token.kind, Kind::Space | Kind::Comment))
        .map(|token| match token.kind {
            Kind::Word | Kind::Quoted => token.name().unwrap_or_default().to_lowercase(),
            Kind::Number => token.text.to_lowercase(),
            Kind::Text | Kind::Space | Kind::Comment | Kind::Symbol => token.text.to_owned(),
        })
        .collect();
    while is_wrapped(&words) {
        words.pop();
        words.remove(0);
    }
    words
}

/// True where the first parenthesis closes with the last token.
fn is_wrapped(words: &[String]) -> bool {
    if words.len() < 2 || words[0] != "(" {
        return false;
    }
    let mut depth = 0_usize;
    for (i, word) in words.iter().enumerate() {
        match word.as_str() {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return i + 1 == words.len();
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spacing_quoting_and_outer_parentheses_do_not_count() {
        assert!(same_sql("(\"Rating\" BETWEEN 0 and 5)", "rating  between 0 AND 5 -- x"));
        assert!(same_sql("((a) > (b))", "(a)>(b)"));
        assert!(!same_sql("(a) OR (b)", "a) OR (b"));
        assert!(!same_sql("a = 'X'", "a = 'x'"));
        assert!(!same_sql("a = ANY (ARRAY['X'])", "a = ANY (ARRAY['x'])"));
        assert!(same_sql("[a b] = 1", "\"A b\" = 1"));
    }
}
