//! What `migrate --prune` recorded, or would record.

use std::fmt::Write;

use fastdjango_core::command::PruneReport;
use serde_json::json;

use crate::run::Context;

/// Prints the parts of squashes that count by the squash alone.
pub(crate) fn pruned(context: &Context, report: &PruneReport) {
    let output = context.output;
    if output.json {
        return output.result(&format!("{}\n", json!({ "pruned": report.pruned, "recorded": report.recorded })));
    }
    if report.pruned.is_empty() {
        return output.say("nothing to prune: no squash stands for an applied migration whose file is gone\n");
    }
    let mut text = String::new();
    for part in &report.pruned {
        let _ = writeln!(text, "{part} counts by its squash alone");
    }
    let end =
        if report.recorded { "the history says so now; none of its rows is gone" } else { "nothing was recorded" };
    output.say(&format!("{text}{end}\n"));
}
