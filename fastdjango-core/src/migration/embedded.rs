//! Migrations that a program carries: what `embed_migrations!` makes of the files of a crate.

use crate::model::Source;
use crate::name::{AppLabel, MigrationName};

/// The migrations of a crate, as they were when the program was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EmbeddedCrate {
    /// Where `embed_migrations!` stands.
    pub source: Source,
    /// The folder that was read, below that of the crate.
    pub folder: &'static str,
    /// The apps, by label.
    pub apps: &'static [EmbeddedApp],
}

/// The files of an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EmbeddedApp {
    /// The app.
    pub label: &'static str,
    /// Name and text of each migration, by name.
    pub migrations: &'static [(&'static str, &'static str)],
    /// The text of the snapshot, where there is one.
    pub snapshot: Option<&'static str>,
}

impl EmbeddedCrate {
    /// The files of an app; none where it had none.
    #[must_use]
    pub fn app(&self, label: &AppLabel) -> Option<&'static EmbeddedApp> {
        self.apps.iter().find(|app| *label == app.label)
    }
}

/// The name that a file gives to its migration: digits, `_`, and then letters, digits, `_` and `-`.
#[must_use]
pub fn named_by_file(file: &str) -> Option<MigrationName> {
    let stem = file.strip_suffix(".toml")?;
    let (number, rest) = stem.split_once('_')?;
    let numbered = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
    let named = !rest.is_empty() && rest.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    (numbered && named).then(|| stem.into())
}
