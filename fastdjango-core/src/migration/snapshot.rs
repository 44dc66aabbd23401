//! The snapshot: what an app's last migration left, so that an unchanged history is not parsed again.
//!
//! It is derived: where it is missing, stale, or holds a conflict of git, it is rebuilt from the operations.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use toml_edit::Value;
use toml_edit::ser::ValueSerializer;

use super::{Migration, checksum};
use crate::name::{AppLabel, MigrationName, ModelName, ModelRef, stable_hash};
use crate::operation::Touched;
use crate::state::{ConstraintKind, EnumState, FieldState, ModelState, ProjectState};

const FORMAT: u32 = 1;

/// What an app's last migration left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    format: u32,
    /// The app.
    pub app: AppLabel,
    /// The last migration; `None` where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaf: Option<MigrationName>,
    /// The migrations that it was made from, by name.
    pub migrations: Vec<Recorded>,
    /// The models of other apps that its migrations touch: whoever changes one of them comes after.
    pub touches: Touched,
    /// The app's models.
    pub models: BTreeMap<ModelName, ModelState>,
    /// The app's enums, each with its texts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub enums: BTreeMap<String, Vec<String>>,
}

/// A migration as the snapshot knew it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// The name.
    pub name: MigrationName,
    /// The checksum of its operations.
    pub checksum: String,
    /// A quick hash of its file, with lines that end in LF.
    pub bytes: String,
}

impl Recorded {
    /// A migration, and the text of the file that it was parsed from or is written to.
    #[must_use]
    pub fn new(migration: &Migration, text: &str) -> Self {
        Self { name: migration.name.clone(), checksum: checksum(migration), bytes: quick_hash(text) }
    }
}

impl Snapshot {
    /// The snapshot of an app out of what its migrations touch, and the state that all migrations of all apps lead to.
    #[must_use]
    pub fn new(
        app: AppLabel,
        leaf: Option<MigrationName>,
        mut migrations: Vec<Recorded>,
        touched: &Touched,
        state: &ProjectState,
    ) -> Self {
        migrations.sort_by(|a, b| a.name.cmp(&b.name));
        let models = state.app(&app).map(|(name, model)| (name.model.clone(), model.clone())).collect();
        let enums = state.enums.iter().filter(|(_, found)| found.app == app);
        let enums = enums.map(|(name, found)| (name.clone(), found.values.clone())).collect();
        Self { format: FORMAT, touches: touched.outside(&app), app, leaf, migrations, models, enums }
    }

    /// Reads a snapshot; `None` where it must be rebuilt: another format, another app, a conflict of git, or no JSON.
    #[must_use]
    pub fn parse(app: &AppLabel, text: &str) -> Option<Self> {
        let snapshot: Self = serde_json::from_str(text).ok()?;
        (snapshot.format == FORMAT && snapshot.app == *app).then_some(snapshot)
    }

    /// True where the files are those that the snapshot was made from, byte for byte.
    #[must_use]
    pub fn is_current<'f>(&self, files: impl IntoIterator<Item = (&'f MigrationName, &'f str)>) -> bool {
        are_recorded(&self.migrations, files)
    }

    /// The text of the file: one migration, field, index, or constraint a line.
    #[must_use]
    pub fn write(&self) -> String {
        // TOML's tree, because it keeps the order of the keys whatever features another crate turns on.
        let Ok(value) = self.serialize(ValueSerializer::new()) else { return String::new() };
        let mut text = String::new();
        spread(&mut text, &value, 0);
        text.push('\n');
        text
    }
}

/// What a snapshot says of the migrations alone: its models are passed over.
#[derive(Clone, Debug, Deserialize)]
pub struct Outline {
    format: u32,
    app: AppLabel,
    /// The migrations that it was made from, by name.
    pub migrations: Vec<Recorded>,
    #[expect(clippy::zero_sized_map_values, reason = "what is passed over is an object all the same")]
    models: BTreeMap<ModelName, IgnoredAny>,
}

impl Outline {
    /// Reads a snapshot; `None` where it must be rebuilt.
    #[must_use]
    pub fn parse(app: &AppLabel, text: &str) -> Option<Self> {
        let outline: Self = serde_json::from_str(text).ok()?;
        (outline.format == FORMAT && outline.app == *app).then_some(outline)
    }

    /// True where the files are those that the snapshot was made from, byte for byte.
    #[must_use]
    pub fn is_current<'f>(&self, files: impl IntoIterator<Item = (&'f MigrationName, &'f str)>) -> bool {
        are_recorded(&self.migrations, files)
    }

    /// True where the migrations leave a model.
    #[must_use]
    pub fn has_models(&self) -> bool {
        !self.models.is_empty()
    }
}

/// True where these files were recorded, as they are, and no others.
fn are_recorded<'f>(recorded: &[Recorded], files: impl IntoIterator<Item = (&'f MigrationName, &'f str)>) -> bool {
    let recorded: BTreeMap<&MigrationName, &str> =
        recorded.iter().map(|recorded| (&recorded.name, recorded.bytes.as_str())).collect();
    let mut count = 0;
    let known = files.into_iter().all(|(name, text)| {
        count += 1;
        recorded.get(name).is_some_and(|bytes| *bytes == quick_hash(text))
    });
    known && count == recorded.len()
}

/// The project that snapshots of all apps describe; `None` where one refers to a model or field that another no longer
/// has, as after a rename that was made without rewriting it.
#[must_use]
pub fn assemble<'s>(snapshots: impl IntoIterator<Item = &'s Snapshot>) -> Option<ProjectState> {
    let mut state = ProjectState::default();
    for snapshot in snapshots {
        for (name, model) in &snapshot.models {
            state.models.insert(ModelRef::new(snapshot.app.clone(), name.clone()), model.clone());
        }
        for (name, values) in &snapshot.enums {
            state.enums.insert(name.clone(), EnumState { app: snapshot.app.clone(), values: values.clone() });
        }
    }
    let whole = state.models.values().all(|model| refers_well(model, &state));
    whole.then_some(state)
}

fn refers_well(model: &ModelState, state: &ProjectState) -> bool {
    let there = model.targets().all(|target| state.models.contains_key(target));
    let by_field = model.fields.iter().filter_map(FieldState::reference).all(|reference| {
        let target = state.models.get(&reference.to);
        reference.to_field.as_ref().is_none_or(|field| target.is_some_and(|target| target.field(field).is_some()))
    });
    let by_constraint = model.constraints.iter().all(|constraint| match &constraint.kind {
        ConstraintKind::ForeignKey { to, to_fields, .. } => {
            let target = state.models.get(to);
            to_fields.iter().all(|field| target.is_some_and(|target| target.field(field).is_some()))
        }
        ConstraintKind::Unique { .. }
        | ConstraintKind::Check { .. }
        | ConstraintKind::Choices { .. }
        | ConstraintKind::NonNegative { .. } => true,
    });
    let by_type = model.fields.iter().filter_map(FieldState::enum_name).all(|name| state.enums.contains_key(name));
    there && by_field && by_constraint && by_type
}

fn quick_hash(text: &str) -> String {
    let text = if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) };
    format!("{:016x}", stable_hash(text.as_bytes()))
}

/// Tables one key a line, lists of tables one item a line, the rest on the line that it is on.
fn spread(text: &mut String, value: &Value, depth: usize) {
    match value {
        Value::InlineTable(table) if !table.is_empty() => {
            let entries = table.iter().map(|(key, value)| {
                let mut entry = format!("{}: ", quoted(key));
                spread(&mut entry, value, depth + 1);
                entry
            });
            block(text, ['{', '}'], depth, entries);
        }
        Value::Array(items) if items.iter().any(Value::is_inline_table) => {
            block(text, ['[', ']'], depth, items.iter().map(compact));
        }
        value => text.push_str(&compact(value)),
    }
}

fn block(text: &mut String, [open, close]: [char; 2], depth: usize, lines: impl Iterator<Item = String>) {
    text.push(open);
    for (i, line) in lines.enumerate() {
        text.push_str(if i == 0 { "\n" } else { ",\n" });
        text.push_str(&"  ".repeat(depth + 1));
        text.push_str(&line);
    }
    text.push('\n');
    text.push_str(&"  ".repeat(depth));
    text.push(close);
}

fn compact(value: &Value) -> String {
    let joined = |items: Vec<String>| items.join(", ");
    match value {
        Value::String(text) => quoted(text.value()),
        Value::Integer(number) => number.value().to_string(),
        Value::Float(number) => serde_json::Value::from(*number.value()).to_string(),
        Value::Boolean(value) => value.value().to_string(),
        Value::Datetime(value) => quoted(&value.value().to_string()),
        Value::Array(items) => format!("[{}]", joined(items.iter().map(compact).collect())),
        Value::InlineTable(table) if table.is_empty() => "{}".to_owned(),
        Value::InlineTable(table) => {
            let entries = table.iter().map(|(key, value)| format!("{}: {}", quoted(key), compact(value)));
            format!("{{ {} }}", joined(entries.collect()))
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
