//! The last migrations by the files.

use std::collections::BTreeMap;
use std::fmt::Write;

use fastdjango_core::name::{AppLabel, MigrationName};
use serde_json::json;

use crate::output::{STRONG, styled};
use crate::run::Context;

/// Prints the last migration of each app; several where branches are not merged, and what merges them.
pub(crate) fn heads(context: &Context, heads: &BTreeMap<AppLabel, Vec<MigrationName>>) {
    let output = context.output;
    if output.json {
        return output.result(&format!("{}\n", json!({ "heads": heads })));
    }
    if heads.is_empty() {
        return output.result("no migrations: run `makemigrations`\n");
    }
    let width = heads.keys().map(|app| app.as_str().chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (app, names) in heads {
        let gap = " ".repeat(width - app.as_str().chars().count());
        let names: Vec<&str> = names.iter().map(MigrationName::as_str).collect();
        let several = if names.len() > 1 { "  not merged: run `makemigrations --merge`" } else { "" };
        let _ = writeln!(text, "{}{gap}  {}{several}", styled(STRONG, app), names.join(", "));
    }
    output.result(&text);
}
