//! A migration, as its file says it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Step;
use crate::field::Engine;
use crate::name::{AppLabel, MigrationName, MigrationRef};
use crate::operation::Operation;

/// A migration of an app: its operations, and the SQL that they were rendered to and reviewed as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// The app.
    pub app: AppLabel,
    /// The name: the file's, without `.toml`.
    pub name: MigrationName,
    /// What must be applied before.
    pub dependencies: Vec<MigrationRef>,
    /// What must not be applied before.
    pub before: Vec<MigrationRef>,
    /// What it stands for.
    pub replaces: Vec<MigrationRef>,
    /// Names that it had.
    pub formerly: Vec<MigrationName>,
    /// In one transaction, where the backend can. On `SQLite` every migration is one, whatever this says.
    pub atomic: bool,
    /// What it does.
    pub operations: Vec<Operation>,
    /// What it runs, by backend.
    pub sql: BTreeMap<Engine, SqlSection>,
}

/// The SQL of a migration for one backend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SqlSection {
    /// The oldest server that the text runs on.
    pub target: String,
    /// The hash of the operations and of the touched tables before them.
    pub input: String,
    /// The hash of the steps.
    pub text: String,
    /// Why the text is not the one that was rendered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<String>,
    /// The steps forwards.
    pub up: Vec<Step>,
    /// The steps backwards; absent where there is no way back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down: Option<Vec<Step>>,
}

impl Migration {
    /// A migration of operations, without dependencies or SQL.
    pub fn new(app: impl Into<AppLabel>, name: impl Into<MigrationName>, operations: Vec<Operation>) -> Self {
        Self {
            app: app.into(),
            name: name.into(),
            dependencies: Vec::new(),
            before: Vec::new(),
            replaces: Vec::new(),
            formerly: Vec::new(),
            atomic: true,
            operations,
            sql: BTreeMap::new(),
        }
    }

    /// App and name together.
    #[must_use]
    pub fn reference(&self) -> MigrationRef {
        MigrationRef { app: self.app.clone(), name: self.name.clone() }
    }
}
