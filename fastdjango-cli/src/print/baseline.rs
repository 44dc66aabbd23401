//! What `baseline` recorded, or would record.

use std::collections::BTreeSet;
use std::fmt::Write;

use fastdjango_core::command::BaselineReport;
use serde_json::json;

use crate::run::Context;

/// Prints what was compared, what another migrator had, and what is recorded.
pub(crate) fn baselined(context: &Context, report: &BaselineReport, plan_only: bool) {
    let output = context.output;
    if output.json {
        return output.result(&format!("{}\n", document(report)));
    }
    if report.plan.is_empty() {
        // A warning says why nothing was compared.
        let reason = if report.warnings.is_empty() { ": no migration is missing from the history" } else { "" };
        return output.say(&format!("nothing to record{reason}\n"));
    }
    let mut text = compared(report.tables.len());
    text.push_str(&others(report));
    for migration in &report.plan {
        let _ = writeln!(text, "  = {migration}");
    }
    let count = report.plan.len();
    let migrations = format!("{count} migration{}", if count == 1 { "" } else { "s" });
    if plan_only {
        let _ = writeln!(text, "{migrations} would be recorded as applied; nothing was written");
    } else {
        let _ = writeln!(text, "{migrations} recorded as applied; nothing ran");
    }
    output.say(&text);
}

fn compared(tables: usize) -> String {
    match tables {
        0 => "no table to compare\n".to_owned(),
        1 => "1 table is as the migrations leave it\n".to_owned(),
        tables => format!("{tables} tables are as the migrations leave them\n"),
    }
}

/// What other migrators had: of the apps that are recorded by name, of the rest that there are some.
fn others(report: &BaselineReport) -> String {
    let mut text = String::new();
    let ours: BTreeSet<&str> = report.plan.iter().map(|migration| migration.app.as_str()).collect();
    let (known, rest): (Vec<_>, Vec<_>) = report.others.iter().partition(|last| ours.contains(last.app.as_str()));
    for last in known {
        let _ = writeln!(text, "{last}");
    }
    if !rest.is_empty() {
        let apps: Vec<String> = rest.iter().map(|last| format!("`{}` ({})", last.app, last.migrator)).collect();
        let _ = writeln!(text, "other apps with a history here: {}", apps.join(", "));
    }
    text
}

fn document(report: &BaselineReport) -> serde_json::Value {
    let others = report.others.iter().map(
        |last| json!({ "migrator": last.migrator.to_string().to_lowercase(), "app": last.app, "name": last.name }),
    );
    json!({
        "plan": report.plan,
        "recorded": report.recorded,
        "tables": report.tables,
        "others": others.collect::<Vec<_>>(),
        "warnings": report.warnings,
    })
}
