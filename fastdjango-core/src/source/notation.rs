//! How a text writes its values, and what they are called in it.

/// How a text writes its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// TOML.
    Toml,
    /// JSON.
    Json,
}

impl Notation {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Toml => "TOML",
            Self::Json => "JSON",
        }
    }

    /// What a value is called here; `what` is its name in TOML.
    pub(super) fn called(self, what: &str) -> String {
        match self {
            Self::Toml => what.to_owned(),
            Self::Json => what.replace("a table", "an object").replace("empty table", "empty object"),
        }
    }

    /// A key and its value, as one would add them.
    pub(super) fn entry(self, key: &str) -> String {
        match self {
            Self::Toml => format!("{key} = …"),
            Self::Json => format!("\"{key}\": …"),
        }
    }
}
