//! What `squashmigrations` made.

use std::fmt::Write;

use fastdjango_core::command::SquashReport;
use serde_json::json;

use super::make::{indented, one};
use super::review;
use crate::run::Context;

/// Prints the file, what it stands for, and how many operations are left.
pub(crate) fn squashed(context: &Context, report: &SquashReport, dry_run: bool) {
    let output = context.output;
    if output.json {
        return output.result(&format!("{}\n", document(report, dry_run)));
    }
    let mut text = one(&report.made);
    let (before, after) = (report.operations.previous, report.operations.next);
    let _ = writeln!(text, "{before} operations of {} migrations became {after}", report.replaces.len());
    for replaced in &report.replaces {
        let _ = writeln!(text, "      in the place of {replaced}");
    }
    if output.verbose || dry_run {
        text.push_str(&indented(&report.made.text));
    }
    output.say(&text);
    if dry_run {
        return output.say("nothing was written\n");
    }
    output.say("their files stay until every database has all of them\n");
    output.say(&review());
}

fn document(report: &SquashReport, dry_run: bool) -> serde_json::Value {
    json!({
        "migration": report.made.migration.reference(),
        "path": report.made.path,
        "replaces": report.replaces,
        "before": report.operations.previous,
        "after": report.operations.next,
        "operations": report.made.migration.operations,
        "written": !dry_run,
    })
}
