//! What a tool in another language gives and gets, as JSON: states, operations of an app, migrations.

mod read;
mod shape;

pub use read::{Described, parse_operations, parse_state};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Migration, SqlSection};
use crate::field::Engine;
use crate::name::{AppLabel, MigrationName, MigrationRef, ModelName, ModelRef};
use crate::operation::{Operation, Touched};
use crate::state::{EnumState, ModelState, ProjectState};

/// The format of every document here, and the newest that is read.
pub const DOCUMENT_FORMAT: u32 = 1;

/// A state: every model of every app, and the enums.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StateDocument {
    /// The format: 1.
    #[cfg_attr(feature = "json-schema", schemars(extend("const" = 1)))]
    pub format: u32,
    /// The models, by app and name.
    pub models: BTreeMap<ModelRef, ModelState>,
    /// The native enums, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub enums: BTreeMap<String, EnumState>,
}

/// What `snapshot:PATH` takes: a state of all apps, or of one app as its `snapshot.json` has it.
#[cfg(feature = "json-schema")]
#[derive(schemars::JsonSchema)]
#[schemars(untagged)]
pub enum AnyStateDocument {
    /// All apps.
    All(StateDocument),
    /// One app; give those that it refers to as well.
    App(AppDocument),
}

impl StateDocument {
    /// The document of a state.
    #[must_use]
    pub fn new(state: &ProjectState) -> Self {
        let models = state.models.iter().map(|(name, model)| (name.clone(), model.clone())).collect();
        Self { format: DOCUMENT_FORMAT, models, enums: state.enums.clone() }
    }
}

/// A state of one app, in the form of its `snapshot.json`; what it says of the history may be left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AppDocument {
    /// The format: 1.
    #[cfg_attr(feature = "json-schema", schemars(extend("const" = 1)))]
    pub format: u32,
    /// The app.
    pub app: AppLabel,
    /// The app's last migration: a new one comes after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaf: Option<MigrationName>,
    /// The migrations that led here; not read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub migrations: Vec<super::Recorded>,
    /// The models of other apps that the app's migrations touch: whoever changes one of them comes after.
    #[serde(default)]
    pub touches: Touched,
    /// The app's models.
    pub models: BTreeMap<ModelName, ModelState>,
    /// The app's enums, each with its texts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub enums: BTreeMap<String, Vec<String>>,
}

/// Operations of one app, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OperationsDocument {
    /// The app; the operations name its models without it.
    pub app: AppLabel,
    /// The operations.
    pub operations: Vec<Operation>,
}

/// A migration, with the keys of its file and the names that a file has by where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MigrationDocument {
    /// The format: 1.
    #[cfg_attr(feature = "json-schema", schemars(extend("const" = 1)))]
    pub format: u32,
    /// The app.
    pub app: AppLabel,
    /// The name: its file's, without `.toml`.
    pub name: MigrationName,
    /// What must be applied before.
    pub dependencies: Vec<MigrationRef>,
    /// What it does, in order.
    pub operations: Vec<Operation>,
    /// What it runs, by backend; only where it was asked for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sql: BTreeMap<Engine, SqlSection>,
}

impl From<&Migration> for MigrationDocument {
    fn from(migration: &Migration) -> Self {
        Self {
            format: DOCUMENT_FORMAT,
            app: migration.app.clone(),
            name: migration.name.clone(),
            dependencies: migration.dependencies.clone(),
            operations: migration.operations.clone(),
            sql: migration.sql.clone(),
        }
    }
}
