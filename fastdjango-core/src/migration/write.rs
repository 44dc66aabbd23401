//! From a migration to the text of its file, laid out for reading.

use std::fmt::Write;

use serde::Serialize;
use toml_edit::Value;
use toml_edit::ser::ValueSerializer;

use super::parse::FORMAT;
use super::{Migration, SqlSection, Step, text};
use crate::field::Engine;
use crate::operation::Operation;

const HEADER: &str =
    "# fastdjango migration: review the operations, and the SQL below: that text is what `migrate` runs.";

/// The text of a migration's file; reading it gives the same migration.
#[must_use]
pub fn write(migration: &Migration) -> String {
    let mut file = format!("{HEADER}\nformat = {FORMAT}\n");
    names(&mut file, "dependencies", &migration.dependencies, true);
    names(&mut file, "before", &migration.before, false);
    names(&mut file, "replaces", &migration.replaces, false);
    names(&mut file, "formerly", &migration.formerly, false);
    if !migration.atomic {
        file.push_str("atomic = false\n");
    }
    for operation in &migration.operations {
        file.push_str("\n[[operations]]\n");
        operation_keys(&mut file, operation);
    }
    for (engine, sql) in &migration.sql {
        file.push('\n');
        file.push_str(&section(*engine, sql));
    }
    file
}

fn names<T: ToString>(file: &mut String, key: &str, names: &[T], always: bool) {
    let quoted = names.iter().map(|name| text::string(&name.to_string()));
    match names.len() {
        0 if !always => {}
        0 | 1 => {
            let _ = writeln!(file, "{key} = [{}]", quoted.collect::<String>());
        }
        _ => {
            let _ = writeln!(file, "{key} = {}", text::lines(quoted));
        }
    }
}

fn operation_keys(file: &mut String, operation: &Operation) {
    // Serialising plain data into a tree fails only on numbers beyond TOML's, which operations cannot hold.
    let Ok(Value::InlineTable(table)) = operation.serialize(ValueSerializer::new()) else { return };
    let statements = matches!(operation, Operation::RunSql { .. });
    for (key, value) in &table {
        let laid_out = match value {
            Value::Array(items) if !items.is_empty() && (statements || items.iter().any(Value::is_inline_table)) => {
                text::lines(items.iter().map(|item| item.as_str().map_or_else(|| text::value(item), text::statement)))
            }
            value => text::value(value),
        };
        let _ = writeln!(file, "{} = {laid_out}", text::key(key));
    }
}

/// One `[sql.<engine>]` section, with a newline at its end.
pub(super) fn section(engine: Engine, sql: &SqlSection) -> String {
    let mut section = format!("[sql.{engine}]\n");
    let texts = [("target", Some(&sql.target)), ("input", Some(&sql.input)), ("text", Some(&sql.text))];
    for (key, value) in texts.into_iter().chain([("edited", sql.edited.as_ref())]) {
        if let Some(value) = value {
            let _ = writeln!(section, "{key} = {}", text::string(value));
        }
    }
    let _ = writeln!(section, "up = {}", steps(&sql.up));
    if let Some(down) = &sql.down {
        let _ = writeln!(section, "down = {}", steps(down));
    }
    section
}

fn steps(steps: &[Step]) -> String {
    match steps {
        [] => "[]".to_owned(),
        [Step::Sql(sql)] if !sql.contains('\n') => format!("[{}]", text::statement(sql)),
        steps => text::lines(steps.iter().map(step)),
    }
}

fn step(step: &Step) -> String {
    match step {
        Step::Sql(sql) => text::statement(sql),
        Step::Autocommit { autocommit } => format!("{{ autocommit = {} }}", text::statement(autocommit)),
        Step::Verify { verify, found } => {
            format!("{{ verify = {}, found = {} }}", text::statement(verify), text::string(found))
        }
        Step::Rebuild { rebuild, sql } => {
            let mut statements = String::new();
            for sql in sql {
                let _ = write!(statements, "\n        {},", text::statement(sql));
            }
            let close = if sql.is_empty() { "" } else { "\n    " };
            format!("{{ rebuild = {}, sql = [{statements}{close}] }}", text::string(rebuild))
        }
        Step::Rust { rust } => format!("{{ rust = {} }}", text::string(rust)),
        Step::Drop { drop, sql } => format!("{{ drop = {}, sql = {} }}", text::string(drop), text::statement(sql)),
    }
}
