//! Answers to the detector's questions: data, so that a file or a terminal can give them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::field::{Default as DefaultValue, Literal, Sql};

/// Answers by the id of their question; answers to questions that nobody asked are ignored.
pub type Answers = BTreeMap<String, Answer>;

/// One answer: `"yes"`, `"no"`, a literal, `{ sql = "…" }`, or `{ unfilled = true }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Answer {
    /// `"yes"` or `"no"` to a rename, a value for a fill.
    Value(Literal),
    /// An expression of the database that gives each row its value.
    Sql {
        /// The expression.
        sql: Sql,
    },
    /// No value: the migration stops before it touches a table where a row holds NULL.
    Unfilled {
        /// Always true.
        unfilled: bool,
    },
}

impl Answer {
    /// The answer `"yes"`.
    #[must_use]
    pub fn yes() -> Self {
        Self::Value(Literal::Text("yes".to_owned()))
    }

    /// The answer `"no"`.
    #[must_use]
    pub fn no() -> Self {
        Self::Value(Literal::Text("no".to_owned()))
    }

    /// What the answer says to a question of yes or no; none where it says neither.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Value(Literal::Text(text)) if text == "yes" => Some(true),
            Self::Value(Literal::Text(text)) if text == "no" => Some(false),
            Self::Value(Literal::Boolean(value)) => Some(*value),
            Self::Value(_) | Self::Sql { .. } | Self::Unfilled { .. } => None,
        }
    }

    /// The value that the answer gives to rows; none where it gives none.
    #[must_use]
    pub fn as_fill(&self) -> Option<DefaultValue> {
        match self {
            Self::Value(value) => Some(DefaultValue::Value(value.clone())),
            Self::Sql { sql } => Some(DefaultValue::Sql { sql: sql.clone() }),
            Self::Unfilled { .. } => None,
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(Literal::Text(text)) if self.as_bool().is_some() => f.write_str(text),
            Self::Value(value) => value.fmt(f),
            Self::Sql { sql: Sql::Any(text) } => write!(f, "{{ sql = {text:?} }}"),
            Self::Sql { sql: Sql::Each(texts) } => {
                let texts: Vec<String> = texts.iter().map(|(engine, text)| format!("{engine} = {text:?}")).collect();
                write!(f, "{{ sql = {{ {} }} }}", texts.join(", "))
            }
            Self::Unfilled { unfilled } => write!(f, "{{ unfilled = {unfilled} }}"),
        }
    }
}
