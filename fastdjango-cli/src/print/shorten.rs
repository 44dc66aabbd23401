//! What `optimizemigration` found.

use std::fmt::Write;

use fastdjango_core::command::OptimizeReport;
use serde_json::json;

use super::make::one;
use super::{command, review};
use crate::run::Context;

/// Prints how many operations became how many, and what is left.
pub(crate) fn shortened(context: &Context, report: &OptimizeReport, check: bool) {
    let output = context.output;
    if output.json {
        return output.result(&format!("{}\n", document(report, check)));
    }
    let (before, after) = (report.operations.previous, report.operations.next);
    let Some(made) = &report.made else {
        return output.say(&format!("nothing to do: `{}` cannot be shorter\n", report.migration));
    };
    let mut text = one(made);
    let became = if check { "could become" } else { "became" };
    let _ = writeln!(text, "{before} operations {became} {after}");
    for later in &report.to_render {
        let _ = writeln!(text, "render this one again: {}", command(&format!("render {} {}", later.app, later.name)));
    }
    text.push_str(&if check { "nothing was written\n".to_owned() } else { review() });
    output.say(&text);
}

fn document(report: &OptimizeReport, check: bool) -> serde_json::Value {
    json!({
        "migration": report.migration,
        "before": report.operations.previous,
        "after": report.operations.next,
        "operations": report.made.as_ref().map(|made| &made.migration.operations),
        "to_render": report.to_render,
        "warnings": report.warnings,
        "written": !check && report.made.is_some(),
    })
}
