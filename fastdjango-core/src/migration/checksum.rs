//! The checksum: what a migration does, whatever its file looks like.

use serde_json::Value;

use super::Migration;
use crate::operation::Operation;

/// The hash of the app and the operations, such as `b3:0123…`: never of name, dependencies, formatting, comments, or SQL.
///
/// A key at its default is absent, and keys are sorted here, so a release that adds or reorders keys computes the same. What SQL or a
/// function touches, and whether a squash may leave it out, says nothing of what it does: both may be told once it is applied.
#[must_use]
pub fn checksum(migration: &Migration) -> String {
    // Operations are plain data with text keys: they always have a JSON form.
    let operations = migration.operations.iter().map(bare).collect();
    let mut canonical = String::new();
    write(&mut canonical, &Value::Array(vec![migration.app.as_str().into(), Value::Array(operations)]));
    let digits = blake3::hash(canonical.as_bytes()).to_hex();
    format!("b3:{}", &digits[..32])
}

/// The operation without what is only said of it.
fn bare(operation: &Operation) -> Value {
    let mut value = serde_json::to_value(operation).unwrap_or_default();
    if let (Operation::RunSql { .. } | Operation::RunRust { .. }, Value::Object(keys)) = (operation, &mut value) {
        keys.remove("touches");
        keys.remove("elidable");
    }
    value
}

/// JSON without spaces and with sorted keys; `serde_json`'s own order depends on a feature that any crate can turn on.
fn write(canonical: &mut String, value: &Value) {
    match value {
        Value::Object(entries) => {
            let mut keys: Vec<&String> = entries.keys().collect();
            keys.sort();
            separated(canonical, '{', '}', keys, |canonical, key| {
                canonical.push_str(&Value::from(key.as_str()).to_string());
                canonical.push(':');
                write(canonical, &entries[key]);
            });
        }
        Value::Array(values) => separated(canonical, '[', ']', values, write),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => canonical.push_str(&value.to_string()),
    }
}

fn separated<T>(
    canonical: &mut String,
    open: char,
    close: char,
    items: impl IntoIterator<Item = T>,
    each: impl Fn(&mut String, T),
) {
    canonical.push(open);
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            canonical.push(',');
        }
        each(canonical, item);
    }
    canonical.push(close);
}
