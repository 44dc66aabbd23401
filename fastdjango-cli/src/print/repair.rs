//! What `repair` recorded, or would record.

use std::fmt::Write;

use fastdjango_core::command::{Disagreement, RepairReport};
use serde_json::json;

use crate::run::Context;

/// Prints each migration, and what the history says of it now.
pub(crate) fn repaired(context: &Context, report: &RepairReport) {
    let output = context.output;
    if output.json {
        return output.result(&format!("{}\n", document(report)));
    }
    if report.repairs.is_empty() {
        // What was left alone was told of as a warning.
        let left = !report.warnings.is_empty();
        let why = if left { "" } else { ": no migration was edited, and none is gone" };
        return output.say(&format!("nothing to repair{why}\n"));
    }
    let mut text = String::new();
    for repair in &report.repairs {
        let _ = writeln!(text, "{repair}");
    }
    let end = if report.recorded { "the history says so now" } else { "nothing was recorded" };
    output.say(&format!("{text}{end}\n"));
}

fn document(report: &RepairReport) -> serde_json::Value {
    let repairs = report.repairs.iter().map(|repair| {
        let what = match repair.what {
            Disagreement::Edited => "edited",
            Disagreement::Gone => "gone",
            Disagreement::Later => "later",
        };
        json!({
            "migration": repair.migration,
            "what": what,
            "at": format!("{}Z", repair.at.replace(' ', "T")),
            "note": repair.note,
        })
    });
    json!({ "repairs": repairs.collect::<Vec<_>>(), "recorded": report.recorded, "warnings": report.warnings })
}
