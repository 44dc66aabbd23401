//! Fragments that a model writes for every database: what standard SQL says otherwise than this one.

use std::borrow::Cow;

use super::literal::quoted;
use super::quote::quote;
use crate::field::lexer::{Kind, tokens};

/// Names in double quotes, which would be texts here, and backslashes, which would be escapes.
///
/// <https://dev.mysql.com/doc/refman/8.0/en/string-literals.html>
pub(super) fn standard(text: &str) -> Cow<'_, str> {
    if !text.contains(['"', '\\']) {
        return Cow::Borrowed(text);
    }
    let words = tokens(text).into_iter().map(|token| match token.kind {
        Kind::Quoted => token.name().map_or(Cow::Borrowed(token.text), |name| Cow::Owned(quote(&name))),
        Kind::Text => token.string().map_or(Cow::Borrowed(token.text), |text| Cow::Owned(quoted(&text))),
        Kind::Word | Kind::Number | Kind::Space | Kind::Comment | Kind::Symbol => Cow::Borrowed(token.text),
    });
    Cow::Owned(words.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_quotes_are_said_in_the_servers_own() {
        let written = r#""order" > 'a\b' AND "x""y" = 'it''s'"#;
        assert_eq!(standard(written), r#"`order` > 'a\\b' AND `x"y` = 'it''s'"#);
        assert_eq!(standard("rating BETWEEN 0 AND 5"), "rating BETWEEN 0 AND 5");
    }
}
