//! What happened in a database.

use std::fmt::Write;

use fastdjango_core::backend::Entry;
use serde_json::json;

use crate::output::{DIM, styled};
use crate::run::Context;

/// Prints the events, the oldest first.
pub(crate) fn events(context: &Context, events: &[Entry]) {
    let output = context.output;
    if output.json {
        return output.result(&format!("{}\n", document(events)));
    }
    if events.is_empty() {
        return output.result("nothing happened: no migration of it was ever applied here\n");
    }
    let width = events.iter().map(|entry| entry.migration.to_string().chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for entry in events {
        let at = styled(DIM, entry.at.get(..19).unwrap_or(&entry.at));
        let migration = entry.migration.to_string();
        let line = format!("{at}  {:10}  {migration:width$}  {}", entry.event.as_str(), entry.note);
        let _ = writeln!(text, "{}", line.trim_end());
    }
    output.result(&text);
}

fn document(events: &[Entry]) -> serde_json::Value {
    let events = events.iter().map(|entry| {
        json!({
            "migration": entry.migration,
            "event": entry.event.as_str(),
            "at": format!("{}Z", entry.at.replace(' ', "T")),
            "run_id": entry.run_id,
            "tool_version": entry.tool_version,
            "checksum": entry.checksum,
            "text_hash": entry.text_hash,
            "note": entry.note,
        })
    });
    json!({ "events": events.collect::<Vec<_>>() })
}
