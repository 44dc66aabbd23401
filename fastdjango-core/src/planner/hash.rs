//! The hashes that tie reviewed text to what it was made from.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::migration::Step;
use crate::name::{AppLabel, ModelRef};
use crate::operation::{Operation, Touched};
use crate::state::{EnumState, ModelState, ProjectState};

/// The hash of the operations and of every model and enum that they write or read, as those are before.
///
/// Whoever else changes one of these models is ordered against the migration, so that it has one hash in every schedule.
/// Needs no renderer: `migrate` compares it with the section's `input` before it runs the text.
#[must_use]
pub fn input_hash(app: &AppLabel, operations: &[Operation], before: &ProjectState) -> String {
    let touched = touched(app, operations, before);
    let models: BTreeMap<String, &ModelState> =
        touched.iter().filter_map(|m| Some((m.to_string(), before.models.get(m)?))).collect();
    let mut parts = vec![canonical(&app), canonical(&operations), canonical(&models)];
    let enums: BTreeMap<&String, &EnumState> =
        before.enums.iter().filter(|(name, found)| touched.contains(&found.reference(name))).collect();
    if !enums.is_empty() {
        parts.push(canonical(&enums));
    }
    hash(&parts.join("\n"))
}

/// The hash of the steps, both ways.
#[must_use]
pub fn text_hash(up: &[Step], down: Option<&[Step]>) -> String {
    hash(&[canonical(&up), canonical(&down)].join("\n"))
}

/// The touched models under the names that they had before the operations.
fn touched(app: &AppLabel, operations: &[Operation], before: &ProjectState) -> BTreeSet<ModelRef> {
    let mut state = before.clone();
    let mut touched = Touched::default();
    for operation in operations {
        // What does not apply is refused when it is planned; its hash only has to be the same every time.
        if touched.follow(app, operation, &mut state).is_err() {
            break;
        }
    }
    touched.into_iter().collect()
}

fn hash(text: &str) -> String {
    let hex = blake3::hash(text.as_bytes()).to_hex();
    format!("b3:{}", &hex[..32])
}

/// JSON without white space, keys in order; whatever order a map of some crate's feature would give them.
fn canonical(value: &impl Serialize) -> String {
    let mut text = String::new();
    // A value that JSON cannot hold has no like in a file either; the state and the steps are plain data.
    write(&serde_json::to_value(value).unwrap_or(Value::Null), &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(object) => {
            let sorted: BTreeMap<&String, &Value> = object.iter().collect();
            text.push('{');
            for (i, (key, value)) in sorted.into_iter().enumerate() {
                if i > 0 {
                    text.push(',');
                }
                text.push_str(&Value::String(key.clone()).to_string());
                text.push(':');
                write(value, text);
            }
            text.push('}');
        }
        Value::Array(values) => {
            text.push('[');
            for (i, value) in values.iter().enumerate() {
                if i > 0 {
                    text.push(',');
                }
                write(value, text);
            }
            text.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => text.push_str(&value.to_string()),
    }
}
