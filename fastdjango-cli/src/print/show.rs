//! The list of migrations.

use std::fmt::Write;

use fastdjango_core::command::{Shown, Status, Survey};
use serde_json::json;

use crate::output::{DIM, STRONG, styled};
use crate::run::Context;

/// What stands behind each of several last migrations.
const BRANCH: &str = "not merged";

/// Prints the migrations by app, or with `--plan` in the order in which they run.
pub(crate) fn shown(context: &Context, survey: &Survey, plan: bool) {
    let (output, shown) = (context.output, survey.shown.as_slice());
    if output.json {
        return output.result(&format!("{}\n", document(survey)));
    }
    if shown.is_empty() {
        return output.result("no migrations: run `makemigrations`\n");
    }
    output.result(&if plan { in_order(shown) } else { by_app(shown) });
}

fn in_order(shown: &[Shown]) -> String {
    let mut text = String::new();
    for entry in shown {
        let _ = writeln!(text, "{} {}", mark(entry.status), entry.migration);
    }
    text
}

fn by_app(shown: &[Shown]) -> String {
    let mut text = String::new();
    let mut apps: Vec<_> = shown.iter().map(|entry| &entry.migration.app).collect();
    apps.sort();
    apps.dedup();
    let width = shown.iter().map(|entry| entry.migration.name.as_str().chars().count()).max().unwrap_or(0);
    for app in apps {
        let _ = writeln!(text, "{}", styled(STRONG, app));
        for entry in shown.iter().filter(|entry| entry.migration.app == *app) {
            let line = format!("  {} {:width$}  {}", mark(entry.status), entry.migration.name.as_str(), remark(entry));
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    text
}

fn mark(status: Status) -> &'static str {
    match status {
        Status::Applied | Status::Faked => "[x]",
        Status::Pending => "[ ]",
        Status::Stopped | Status::Returning => "[~]",
        Status::Elsewhere => "[-]",
        Status::Missing | Status::Edited | Status::Unreadable => "[!]",
    }
}

fn remark(entry: &Shown) -> String {
    let at = entry.at.as_deref().map(|at| styled(DIM, at.get(..16).unwrap_or(at))).unwrap_or_default();
    let remark = match entry.status {
        Status::Applied | Status::Pending => at,
        Status::Faked => format!("{at}  recorded only, it did not run"),
        Status::Stopped => "it began and did not end; `migrate` goes on from there".to_owned(),
        Status::Returning => "its undoing began and did not end; `migrate --resume journal` ends it".to_owned(),
        Status::Missing => format!("{at}  its file is gone"),
        Status::Elsewhere if entry.at.is_none() => {
            "it began here and did not end, and its app lives in another database now".to_owned()
        }
        Status::Elsewhere => format!("{at}  its app lives in another database now; the tables are still here"),
        Status::Edited => format!("{at}  its file was edited since"),
        Status::Unreadable if at.is_empty() => "its file cannot be read".to_owned(),
        Status::Unreadable => format!("{at}  its file cannot be read"),
    };
    match (entry.is_branch, remark.is_empty()) {
        (false, _) => remark,
        (true, true) => BRANCH.to_owned(),
        (true, false) => format!("{remark}  {BRANCH}"),
    }
}

fn document(survey: &Survey) -> serde_json::Value {
    let entries = survey.shown.iter().map(|entry| {
        json!({
            "migration": entry.migration,
            "status": format!("{:?}", entry.status).to_lowercase(),
            "at": entry.at.as_deref().map(|at| format!("{}Z", at.replace(' ', "T"))),
            "dependencies": entry.dependencies,
            "branch": entry.is_branch,
        })
    });
    json!({ "migrations": entries.collect::<Vec<_>>(), "faults": survey.faults })
}
