//! A default as the catalog has it.

use crate::field::lexer::{Kind, Token};
use crate::field::{ColumnType, Default, Literal, Real, Sql};

use crate::backend::statement::meaningful;

/// Reads a default: a literal where it is one, else the expression; NULL is none.
///
/// <https://www.sqlite.org/lang_createtable.html#the_default_clause>
pub(super) fn parse(text: &str, ty: &ColumnType) -> Option<Default> {
    let tokens = meaningful(text);
    let value = match tokens.as_slice() {
        [word] if word.is_word("NULL") => return None,
        [one] => literal(one, ty),
        [sign, number] if sign.is_symbol('-') && number.kind == Kind::Number => {
            self::number(&format!("-{}", number.text), ty)
        }
        [sign, number] if sign.is_symbol('+') && number.kind == Kind::Number => self::number(number.text, ty),
        [x, bytes] if x.is_word("x") && bytes.kind == Kind::Text => {
            Some(Literal::Text(bytes.text.trim_matches('\'').to_lowercase()))
        }
        _ => None,
    };
    Some(value.map_or_else(|| Default::Sql { sql: Sql::any(text) }, Default::Value))
}

fn literal(token: &Token<'_>, ty: &ColumnType) -> Option<Literal> {
    match token.kind {
        Kind::Number => number(token.text, ty),
        Kind::Text => token.string().map(Literal::Text),
        // `SQLite` takes a quoted name for a string here: <https://www.sqlite.org/quirks.html>.
        Kind::Quoted => token.name().map(Literal::Text),
        Kind::Word if token.is_word("TRUE") => Some(Literal::Boolean(true)),
        Kind::Word if token.is_word("FALSE") => Some(Literal::Boolean(false)),
        Kind::Word | Kind::Space | Kind::Comment | Kind::Symbol => None,
    }
}

fn number(text: &str, ty: &ColumnType) -> Option<Literal> {
    match ty {
        ColumnType::Boolean if text == "0" || text == "1" => Some(Literal::Boolean(text == "1")),
        ColumnType::Numeric(..) => Some(Literal::Text(text.to_owned())),
        _ => text.parse().map(Literal::Integer).ok().or_else(|| {
            let real = text.parse::<f64>().ok().filter(|real| real.is_finite());
            real.map(|real| Literal::Real(Real(real)))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_values_and_the_rest_is_sql() {
        use Literal as L;
        let value = |literal| Some(Default::Value(literal));
        let sql = |text: &str| Some(Default::Sql { sql: Sql::any(text) });
        for (text, ty, want) in [
            ("NULL", ColumnType::Text, None),
            ("-5", ColumnType::Integer, value(L::Integer(-5))),
            ("1.5", ColumnType::Double, value(L::Real(Real(1.5)))),
            ("0.00", ColumnType::Numeric(10, 2), value(L::Text("0.00".into()))),
            ("1", ColumnType::Boolean, value(L::Boolean(true))),
            ("false", ColumnType::Boolean, value(L::Boolean(false))),
            ("'it''s'", ColumnType::Text, value(L::Text("it's".into()))),
            ("''''", ColumnType::Text, value(L::Text("'".into()))),
            ("x'00FF'", ColumnType::Binary, value(L::Text("00ff".into()))),
            ("CURRENT_TIMESTAMP", ColumnType::Timestamp, sql("CURRENT_TIMESTAMP")),
            ("abs(-1)", ColumnType::Integer, sql("abs(-1)")),
        ] {
            assert_eq!(parse(text, &ty), want, "{text}");
        }
    }
}
