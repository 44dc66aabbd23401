//! What happens to a row when the row that it refers to goes or changes its key.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The action of a foreign key, for deletes (`on_delete`) and for changed keys (`on_update`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    /// The referring row goes too.
    Cascade,
    /// The target may not go, checked at once.
    Restrict,
    /// The reference becomes NULL.
    SetNull,
    /// The reference becomes the column's default.
    SetDefault,
    /// The target may not go, checked at the end of the statement or transaction.
    #[default]
    NoAction,
}

impl OnDelete {
    /// The words of SQL.
    #[must_use]
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Cascade => "CASCADE",
            Self::Restrict => "RESTRICT",
            Self::SetNull => "SET NULL",
            Self::SetDefault => "SET DEFAULT",
            Self::NoAction => "NO ACTION",
        }
    }

    /// The word of models and files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cascade => "cascade",
            Self::Restrict => "restrict",
            Self::SetNull => "set_null",
            Self::SetDefault => "set_default",
            Self::NoAction => "no_action",
        }
    }

    /// True for the action that a database assumes when none is named.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::NoAction
    }
}

impl fmt::Display for OnDelete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// When a deferrable constraint is checked by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Deferrable {
    /// `DEFERRABLE INITIALLY DEFERRED`: at commit.
    Deferred,
    /// `DEFERRABLE INITIALLY IMMEDIATE`: at the statement, until a transaction defers it.
    Immediate,
}
