//! One value, as it is written and as what it means.

use std::collections::BTreeMap;

use fastdjango_core::field::{ColumnType, Default as DefaultValue, Literal};

/// What a column of a row should hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Held {
    /// Exactly this, as `quote()` writes it.
    Exactly(String),
    /// Something that means this: its type changed since it was written.
    Means(String),
    /// Whatever the database computed.
    Anything,
}

impl Held {
    /// NULL.
    #[must_use]
    pub fn null() -> Self {
        Self::Exactly("NULL".to_owned())
    }

    /// True for NULL.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Exactly(text) if text == "NULL")
    }

    /// What a fill or a default gives to a row; what it is exactly is the column's affair.
    #[must_use]
    pub fn given(value: Option<&DefaultValue>, ty: Option<&ColumnType>) -> Self {
        let means = |text: &str| Self::Means(meaning_of_text(text));
        match value {
            None => Self::null(),
            Some(DefaultValue::Sql { .. }) => Self::Anything,
            Some(DefaultValue::Value(Literal::Boolean(value))) => means(if *value { "1" } else { "0" }),
            Some(DefaultValue::Value(Literal::Integer(value))) => means(&value.to_string()),
            Some(DefaultValue::Value(Literal::Real(value))) => means(&format!("{}", value.0)),
            Some(DefaultValue::Value(Literal::Text(text))) if ty == Some(&ColumnType::Binary) => {
                Self::Means(meaning(&format!("X'{text}'")))
            }
            Some(DefaultValue::Value(Literal::Text(text))) => means(text),
        }
    }

    /// The value after its column's type changed: the same meaning, whatever it is written like.
    #[must_use]
    pub fn retyped(&self) -> Self {
        match self {
            Self::Exactly(text) if text != "NULL" => Self::Means(meaning(text)),
            held => held.clone(),
        }
    }

    /// The text that it is called by from now on.
    #[must_use]
    pub fn called(&self, renamed: &BTreeMap<String, String>) -> Self {
        let new = |text: &str| renamed.iter().find(|(old, _)| *old == text).map(|(_, new)| new.clone());
        match self {
            Self::Means(text) => Self::Means(new(text).unwrap_or_else(|| text.clone())),
            Self::Exactly(text) => {
                let inner = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
                new(&inner.unwrap_or_default().replace("''", "'")).map_or_else(|| self.clone(), Self::Means)
            }
            Self::Anything => Self::Anything,
        }
    }

    /// True where what a database holds is what it should.
    #[must_use]
    pub fn is(&self, quoted: &str) -> bool {
        match self {
            Self::Exactly(text) => text == quoted,
            Self::Means(text) => quoted != "NULL" && *text == meaning(quoted),
            Self::Anything => true,
        }
    }
}

/// What a value says in words: a number's digits, a text, the text of bytes; a day is the moment at which it begins.
fn meaning(quoted: &str) -> String {
    if let Some(hex) = quoted.strip_prefix("X'") {
        let bytes: Vec<u8> = hex
            .trim_end_matches('\'')
            .as_bytes()
            .chunks(2)
            .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect();
        return meaning_of_text(&String::from_utf8_lossy(&bytes));
    }
    match quoted.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        Some(text) => meaning_of_text(&text.replace("''", "'")),
        None => meaning_of_text(quoted),
    }
}

fn meaning_of_text(text: &str) -> String {
    // What servers write beside the value: the zone, which is always UTC here, and the mask of a single address.
    let text = text.strip_suffix("+00").or_else(|| text.strip_suffix("/32")).unwrap_or(text);
    let text = match text {
        "true" => "1",
        "false" => "0",
        text => text.strip_suffix(" 00:00:00").unwrap_or(text),
    };
    if text.starts_with(['{', '[']) {
        return text.replace(' ', "");
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.split('.').count() == 2 && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if plain { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
}

/// The storage classes that a column of the type may have for a value that a migration wrote.
#[must_use]
pub(super) fn fits(quoted: &str, ty: &ColumnType) -> bool {
    let class = match quoted.as_bytes().first() {
        _ if quoted == "NULL" => return true,
        Some(b'\'') => "text",
        Some(b'X') => "blob",
        _ if quoted.contains(['.', 'e', 'I']) => "real",
        _ => "integer",
    };
    match ty {
        ColumnType::Boolean | ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt => class == "integer",
        ColumnType::Real | ColumnType::Double => class == "real",
        ColumnType::Numeric(digits, _) if *digits <= 15 => class == "integer" || class == "real",
        ColumnType::Binary => class == "blob",
        ColumnType::Custom(_) | ColumnType::Opaque { .. } | ColumnType::Array(_) => true,
        _ => class == "text",
    }
}
