//! Fragments of SQL that a model writes: one text for every backend, or one for each.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Engine, lexer};

/// A fragment of SQL, written in column names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Sql {
    /// The same text on every backend.
    Any(String),
    /// A text for each backend that has one.
    Each(BTreeMap<Engine, String>),
}

impl Sql {
    /// One text for every backend.
    pub fn any(text: impl Into<String>) -> Self {
        Self::Any(text.into())
    }

    /// The text for `engine`, where there is one. `MariaDB` reads the text for `MySQL` when it has none of its own.
    #[must_use]
    pub fn for_engine(&self, engine: Engine) -> Option<&str> {
        match self {
            Self::Any(text) => Some(text),
            Self::Each(texts) => {
                let own = texts.get(&engine);
                own.or_else(|| (engine == Engine::Mariadb).then(|| texts.get(&Engine::Mysql)).flatten())
                    .map(String::as_str)
            }
        }
    }

    /// The texts, one for each backend that differs.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let (one, each) = match self {
            Self::Any(text) => (Some(text), None),
            Self::Each(texts) => (None, Some(texts.values())),
        };
        one.into_iter().chain(each.into_iter().flatten()).map(String::as_str)
    }

    /// The fragment between two texts that every backend reads alike.
    #[must_use]
    pub fn within(&self, before: &str, after: &str) -> Self {
        let whole = |text: &String| format!("{before}{text}{after}");
        match self {
            Self::Any(text) => Self::Any(whole(text)),
            Self::Each(texts) => Self::Each(texts.iter().map(|(engine, text)| (*engine, whole(text))).collect()),
        }
    }

    /// True where an identifier of the fragment is `column`.
    #[must_use]
    pub fn mentions(&self, column: &str) -> bool {
        self.texts().any(|text| lexer::mentions(text, column))
    }

    /// The fragment with the column `from` under its new name `to`.
    #[must_use]
    pub fn renamed(&self, from: &str, to: &str) -> Self {
        match self {
            Self::Any(text) => Self::Any(lexer::rename(text, from, to)),
            Self::Each(texts) => {
                Self::Each(texts.iter().map(|(engine, text)| (*engine, lexer::rename(text, from, to))).collect())
            }
        }
    }
}

impl fmt::Display for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, text) in self.texts().enumerate() {
            if i > 0 {
                f.write_str(" | ")?;
            }
            f.write_str(text)?;
        }
        Ok(())
    }
}
