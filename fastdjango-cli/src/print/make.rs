//! What `makemigrations` made.

use std::fmt::Write;

use fastdjango_core::command::{Made, MakeReport};
use fastdjango_core::migration::{SqlSection, Step};
use fastdjango_core::operation::{Description, Operation, Sign};
use serde_json::json;

use super::review;
use crate::output::{ADDED, CHANGED, DIM, REMOVED, RENAMED, STRONG, styled};
use crate::run::Context;

/// Prints the migrations of a run: file, changes in words, and the size of their SQL; with `-v` the whole text.
pub(crate) fn made(context: &Context, report: &MakeReport, dry_run: bool) {
    let output = context.output;
    if output.json {
        return output.result(&format!("{}\n", document(report, dry_run)));
    }
    if report.made.is_empty() {
        if report.questions.is_empty() {
            output.say("no changes: the migrations hold everything that the models say\n");
            if report.refreshed {
                output.say("the snapshots were not what the migrations leave, and are written again\n");
            }
        }
        return;
    }
    for made in &report.made {
        output.say(&one(made));
        if output.verbose || dry_run {
            output.say(&indented(&made.text));
        }
    }
    output.say(&if dry_run { "nothing was written\n".to_owned() } else { review() });
}

/// A migration: its file, its changes in words, and the size of its SQL.
pub(super) fn one(made: &Made) -> String {
    let app = made.migration.app.to_string();
    let was = match &made.was {
        None => String::new(),
        Some(was) if was.name == made.migration.name => "  written anew".to_owned(),
        Some(was) => format!("  written anew, was {}", was.name),
    };
    let mut text = format!("{}  {}{was}\n", styled(STRONG, &app), Context::shown(&made.path));
    text.push_str(&changes(&made.migration.operations));
    for (engine, section) in &made.migration.sql {
        let _ = writeln!(text, "{:6}{}", "", styled(DIM, format!("{engine}: {}", size(section))));
    }
    text
}

/// One line an operation.
pub(super) fn changes(operations: &[Operation]) -> String {
    let described: Vec<Description> = operations.iter().map(Operation::describe).collect();
    let mut text = String::new();
    let width = described.iter().map(|d| d.subject.chars().count()).max().unwrap_or(0).min(32);
    for description in &described {
        let line = format!("{} {:width$}  {}", sign(description.sign), description.subject, description.detail);
        let _ = writeln!(text, "{:6}{}", "", line.trim_end());
    }
    text
}

fn sign(sign: Sign) -> String {
    let style = match sign {
        Sign::Add => ADDED,
        Sign::Remove => REMOVED,
        Sign::Alter => CHANGED,
        Sign::Rename => RENAMED,
    };
    styled(style, sign)
}

/// `2 statements, blog_post rebuilt once`.
fn size(section: &SqlSection) -> String {
    let plain = section.up.iter().filter(|step| !matches!(step, Step::Rebuild { .. })).count();
    let mut parts = Vec::new();
    if plain > 0 || section.up.is_empty() {
        parts.push(format!("{plain} statement{}", if plain == 1 { "" } else { "s" }));
    }
    for step in &section.up {
        if let Step::Rebuild { rebuild, .. } = step {
            parts.push(format!("{rebuild} rebuilt once"));
        }
    }
    if section.down.is_none() {
        parts.push("no way back".to_owned());
    }
    parts.join(", ")
}

pub(super) fn indented(text: &str) -> String {
    text.lines().fold(String::new(), |mut all, line| {
        let _ = writeln!(all, "{}{line}", if line.is_empty() { "" } else { "      " });
        all
    })
}

/// The report of a run as JSON.
pub(crate) fn document(report: &MakeReport, dry_run: bool) -> serde_json::Value {
    let made = report.made.iter().map(|made| {
        json!({
            "app": made.migration.app,
            "name": made.migration.name,
            "path": made.path,
            "was": made.was,
            "dependencies": made.migration.dependencies,
            "operations": made.migration.operations,
            "changes": made.migration.operations.iter().map(|o| o.describe().to_string()).collect::<Vec<_>>(),
            "sql": made.migration.sql,
        })
    });
    json!({
        "migrations": made.collect::<Vec<_>>(),
        "questions": report.questions,
        "warnings": report.warnings,
        "written": !dry_run && !report.made.is_empty(),
        "refreshed": report.refreshed,
    })
}
