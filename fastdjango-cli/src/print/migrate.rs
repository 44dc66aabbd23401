//! What `migrate` did, or would do.

use std::collections::BTreeMap;
use std::fmt::Write;

use fastdjango_core::backend::Outcome;
use fastdjango_core::command::{Direction, MakeReport, MigrateOptions, MigrateReport, Project, Ran, Target};
use fastdjango_core::migration::Step;
use serde_json::json;

use crate::output::Output;
use crate::run::Context;

/// Prints the end of a run; its migrations were printed one by one.
///
/// With `--json` it is one document, in which stands too what `--init` made.
pub(crate) fn migrated(context: &Context, report: &MigrateReport, options: &MigrateOptions, made: Option<&MakeReport>) {
    let output = context.output;
    if output.json {
        let mut document = document(report);
        if let Some(made) = made {
            document["made"] = super::made_document(made, false);
        }
        return output.result(&format!("{document}\n"));
    }
    if report.plan.is_empty() && report.ran.is_empty() {
        return output.say(&format!("{}\n", nothing(report, &options.target)));
    }
    if options.plan_only {
        return output.say(&format!("{}nothing was run\n", plan(report)));
    }
    output.say(&format!("{}\n", ended(report).join("\n")));
}

/// Tells who named no database of those that were not asked: apps live there, and not in this one.
pub(crate) fn elsewhere(output: Output, project: &Project) {
    let mut apps: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (app, homes) in project.elsewhere() {
        apps.entry(homes.join(", ")).or_default().push(app.as_str());
    }
    for (homes, apps) in &apps {
        let lives = if apps.len() == 1 { "lives" } else { "live" };
        output.say(&format!(
            "not asked: {homes}, where {} {lives}; `--database` names one, `migrate --all` migrates all\n",
            apps.join(", ")
        ));
    }
}

/// How many migrations ended how, in words.
pub(super) fn ended(report: &MigrateReport) -> Vec<String> {
    let ends = [
        "applied",
        "undone",
        "recorded as applied; nothing ran",
        "recorded as undone; nothing ran",
        GIVEN_UP,
        DONE_ELSEWHERE,
    ];
    let counted = ends.map(|end| (report.ran.iter().filter(|ran| how(ran) == end).count(), end));
    let told = |(count, end): (usize, &str)| format!("{count} migration{} {end}", if count == 1 { "" } else { "s" });
    counted.into_iter().filter(|(count, _)| *count > 0).map(told).collect()
}

/// Why nothing was done, true for where it was to go.
pub(super) fn nothing(report: &MigrateReport, target: &Target) -> String {
    // A database that is ahead of the files was told of as a warning.
    if report.warnings.iter().any(|warning| warning.code == "W604") {
        return "nothing was applied".to_owned();
    }
    match target {
        Target::Latest => "nothing to do: the database is up to date".to_owned(),
        Target::App(app) => format!("nothing to do: `{app}` is up to date"),
        Target::Migration(app, name) => format!("nothing to do: the database is at `{name}` of `{app}`"),
        Target::Zero(app) | Target::Last { app: Some(app), .. } => {
            format!("nothing to undo: no migration of `{app}` is applied")
        }
        Target::Last { app: None, .. } => "nothing to undo: no migration is applied".to_owned(),
    }
}

const GIVEN_UP: &str = "given up; nothing ran";
const DONE_ELSEWHERE: &str = "done by another process meanwhile";

/// How a migration ended, in words.
fn how(ran: &Ran) -> &'static str {
    match (&ran.outcome, ran.direction) {
        (Outcome::AlreadyDone, _) => DONE_ELSEWHERE,
        (Outcome::GivenUp, _) => GIVEN_UP,
        (Outcome::Done { .. }, Direction::Forward) => "applied",
        (Outcome::Done { .. }, Direction::Backward) => "undone",
        (Outcome::Recorded, Direction::Forward) => "recorded as applied; nothing ran",
        (Outcome::Recorded, Direction::Backward) => "recorded as undone; nothing ran",
    }
}

/// What would run, a line a migration.
pub(super) fn plan(report: &MigrateReport) -> String {
    let mut text = String::new();
    for planned in &report.plan {
        let sign = if planned.direction == Direction::Forward { "+" } else { "-" };
        if planned.faked.is_some() {
            let _ = writeln!(text, "  = {}  its tables are there: recorded only", planned.migration);
            continue;
        }
        let steps = planned.steps.len();
        let _ = writeln!(text, "  {sign} {}  {steps} step{}", planned.migration, if steps == 1 { "" } else { "s" });
        if let Some(reason) = &planned.rerendered {
            let _ = writeln!(text, "      rendered for this database: {reason}");
            for statement in planned.steps.iter().flat_map(Step::statements) {
                let _ = writeln!(text, "      {};", statement.replace('\n', "\n      "));
            }
        }
    }
    for loss in &report.losses {
        let _ = writeln!(text, "  ! {loss}");
    }
    text
}

pub(super) fn document(report: &MigrateReport) -> serde_json::Value {
    let plan = report.plan.iter().map(|planned| {
        let mut one = json!({
            "migration": planned.migration,
            "direction": word(planned.direction),
            "steps": planned.steps,
            "rerendered": planned.rerendered,
        });
        if let Some(faked) = &planned.faked {
            one["faked"] = json!(faked);
        }
        one
    });
    json!({
        "plan": plan.collect::<Vec<_>>(),
        "ran": report.ran.iter().map(ran).collect::<Vec<_>>(),
        "losses": report.losses.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "warnings": report.warnings,
    })
}

/// One migration as JSON.
pub(super) fn ran(ran: &Ran) -> serde_json::Value {
    match &ran.outcome {
        Outcome::AlreadyDone => {
            json!({ "migration": ran.migration, "direction": word(ran.direction), "outcome": "already_done" })
        }
        Outcome::GivenUp => {
            json!({ "migration": ran.migration, "direction": word(ran.direction), "outcome": "given_up" })
        }
        Outcome::Recorded => {
            json!({ "migration": ran.migration, "direction": word(ran.direction), "outcome": "recorded" })
        }
        Outcome::Done { elapsed, rebuilt } => json!({
            "migration": ran.migration,
            "direction": word(ran.direction),
            "outcome": "done",
            "milliseconds": u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            "rebuilt": rebuilt.iter().map(|table| json!({ "table": table.table, "rows": table.rows })).collect::<Vec<_>>(),
        }),
    }
}

fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Forward => "forward",
        Direction::Backward => "backward",
    }
}
