//! What `diff` found, and what `optimize` left.

use std::fmt::Write;

use fastdjango_core::command::{DiffDocument, DiffReport};
use fastdjango_core::migration::{Migration, OperationsDocument, SqlSection, Step};
use serde::Serialize;

use super::make::changes;
use crate::output::{DIM, STRONG, styled};
use crate::run::Context;

/// Prints the migrations: changes in words, and their SQL where it was asked for.
pub(crate) fn differed(context: &Context, report: &DiffReport) {
    let output = context.output;
    if output.json {
        return write(context, &DiffDocument::from(report));
    }
    if report.migrations.is_empty() && report.questions.is_empty() {
        return output.say("no differences\n");
    }
    for migration in &report.migrations {
        output.say(&one(migration));
    }
}

/// A migration: what it comes after, its changes in words, and its SQL.
pub(super) fn one(migration: &Migration) -> String {
    let mut text = format!("{}  {}\n", styled(STRONG, &migration.app), migration.name);
    for dependency in &migration.dependencies {
        let _ = writeln!(text, "{:6}{}", "", styled(DIM, format_args!("after {dependency}")));
    }
    text.push_str(&changes(&migration.operations));
    for (engine, section) in &migration.sql {
        let _ = writeln!(text, "{:6}{}", "", styled(DIM, format_args!("{engine} {}", section.target)));
        text.push_str(&sql(section));
    }
    text
}

/// The steps as statements; how a step differs from a plain statement stands in a comment before it.
fn sql(section: &SqlSection) -> String {
    let mut text = String::new();
    for step in &section.up {
        let remark = match step {
            Step::Sql(_) => None,
            Step::Autocommit { .. } => Some("outside any transaction".to_owned()),
            Step::Verify { found, .. } => Some(format!("goes on only where this is 0: {found}")),
            Step::Rebuild { rebuild, .. } => Some(format!("{rebuild} is rebuilt, with foreign keys off around it")),
            Step::Rust { rust } => Some(format!("the function {rust} runs")),
            Step::Drop { drop, .. } => Some(format!("{drop} is dropped, with foreign keys off around it")),
        };
        let remark = remark.map(|remark| format!("-- {remark}"));
        let statements = step.statements().into_iter().map(|statement| format!("{statement};"));
        for line in
            remark.into_iter().chain(statements).flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        {
            let _ = writeln!(text, "{:6}{line}", "");
        }
    }
    text
}

/// Prints operations that were shortened; `before` is how many there were.
pub(crate) fn optimized(context: &Context, document: &OperationsDocument, before: usize) {
    if context.output.json {
        return write(context, document);
    }
    let after = document.operations.len();
    let text = format!("{}  {before} → {after} operations\n", styled(STRONG, &document.app));
    context.output.say(&format!("{text}{}", changes(&document.operations)));
}

/// One line of JSON, its keys in the order of their definition.
fn write(context: &Context, document: &impl Serialize) {
    // Plain data with texts for keys always serialises.
    if let Ok(text) = serde_json::to_string(document) {
        context.output.result(&format!("{text}\n"));
    }
}
