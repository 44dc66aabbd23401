//! `baseline`: a database that something else made is taken over, once its catalog says that it is what the migrations lead to.

use std::collections::BTreeSet;

use super::directory::Directory;
use super::history::reconcile;
use super::live::{Held, held};
use super::migrate::{still_due, without_migrations};
use super::plan::{Direction, Target, choose};
use super::project::Project;
use super::resume::none_of_them_in_the_middle;
use super::{current, route};
use crate::backend::{Connection, Event, History, OtherLast, Record, RunOptions};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, ErrorKind, Result};
use crate::migration::{Migration, checksum};
use crate::name::{AppLabel, MigrationName, MigrationRef, ModelRef};
use crate::operation::Operation;

/// How to take a database over.
#[derive(Clone, Debug, Default)]
pub struct BaselineOptions {
    /// Only this app and what it depends on, up to a migration where one is named; all migrations of all apps else.
    pub up_to: Option<(AppLabel, Option<MigrationName>)>,
    /// Compare, return what would be recorded, and write nothing.
    pub plan_only: bool,
    /// How the run waits.
    pub run: RunOptions,
}

/// What `baseline` recorded, or would record.
#[derive(Clone, Debug, Default)]
pub struct BaselineReport {
    /// The migrations that the database has and its history lacked, in order.
    pub plan: Vec<MigrationRef>,
    /// Those that were recorded; empty where only the plan was wanted.
    pub recorded: Vec<MigrationRef>,
    /// The tables that were compared.
    pub tables: BTreeSet<String>,
    /// What other migrators recorded last of each of their apps.
    pub others: Vec<OtherLast>,
    /// What somebody should know.
    pub warnings: Diagnostics,
}

/// Compares the database with what the migrations lead to, and records those that it has not applied; none of them runs.
///
/// Tables that belong to no model are not looked at. Where not every app lives in every database, the project is that of the
/// connection's database: [`Project::on`].
///
/// # Errors
/// Where anything differs: then nothing is written.
pub async fn baseline(
    project: &Project,
    connection: &mut Connection,
    options: &BaselineOptions,
) -> Result<BaselineReport> {
    route::check_relations(project)?;
    let files = project.directory()?;
    let (mut history, aside) = project.history(connection).await?;
    let seen = history.clone();
    current::pretend(&files, &mut history);
    let directory = files.seen_by(&history)?;
    let mut reconciled = reconcile(&directory, &history)?;
    reconciled.warnings.extend(aside.warnings);
    if reconciled.from_the_future() {
        return Ok(BaselineReport { warnings: reconciled.warnings, ..BaselineReport::default() });
    }
    let target = target(options);
    let mut warnings = reconciled.warnings;
    warnings.extend(without_migrations(project, &directory, &target)?);
    let plan = lacking(&directory, &history, &target)?;
    none_of_them_in_the_middle(&history, &plan)?;
    if plan.is_empty() {
        return Ok(BaselineReport { warnings, ..BaselineReport::default() });
    }
    let held = compared(project, connection, &directory, &history, &plan).await?;
    if !held.differences.is_empty() {
        return Err(Error::invalid(differs(&held)));
    }
    warnings.extend(unverified(&directory, &plan)?);
    let others = connection.other_histories().await?;
    let mut report = BaselineReport { plan, tables: held.tables, others, warnings, ..BaselineReport::default() };
    if !options.plan_only {
        record(project, connection, (&directory, &seen), &report, options).await?;
        report.recorded.clone_from(&report.plan);
    }
    Ok(report)
}

fn target(options: &BaselineOptions) -> Target {
    match &options.up_to {
        None => Target::Latest,
        Some((app, None)) => Target::App(app.clone()),
        Some((app, Some(name))) => Target::Migration(app.clone(), name.clone()),
    }
}

/// What the history lacks; nothing where the migration that was named is applied.
fn lacking(directory: &Directory, history: &History, target: &Target) -> Result<Vec<MigrationRef>> {
    let applied: BTreeSet<MigrationRef> = history.applied().into_keys().collect();
    let (direction, chosen) = choose(directory, history, &applied, target)?;
    Ok(if direction == Direction::Forward { chosen } else { Vec::new() })
}

/// The tables of every app that has a migration to record, as the catalog has them and as the migrations leave them.
async fn compared(
    project: &Project,
    connection: &mut Connection,
    directory: &Directory,
    history: &History,
    plan: &[MigrationRef],
) -> Result<Held> {
    let applied = history.applied();
    let state = directory.state_of(|other| applied.contains_key(other) || plan.contains(other))?;
    let apps: BTreeSet<AppLabel> = plan.iter().map(|migration| migration.app.clone()).collect();
    let models: BTreeSet<ModelRef> = state.models.keys().filter(|model| apps.contains(&model.app)).cloned().collect();
    held(project, connection, &state, &models, &apps).await
}

fn differs(held: &Held) -> Diagnostic {
    let bare = held.is_bare() && !held.tables.is_empty();
    let message = if bare {
        "the database has none of the tables that the migrations make"
    } else {
        "the database is not what the migrations lead to"
    };
    let mut diagnostic = Diagnostic::error("E670", message);
    for difference in &held.differences {
        diagnostic = diagnostic.note(difference.to_string());
    }
    let diagnostic = diagnostic.note("nothing was recorded");
    if bare {
        return diagnostic.help("run `migrate`, which makes them; or see that this is the database that you mean");
    }
    diagnostic
        .help("change the models to what the database has, and write the first migration anew")
        .help("or change the database: `diff db:NAME migrations --sql ENGINE` prints what brings it there")
        .help("or record a part, `baseline APP NAME`, where the rest is for `migrate` to do")
}

/// What nobody can see in a catalog: whether rows, and objects of the user's own, are as these would leave them.
fn unverified(directory: &Directory, plan: &[MigrationRef]) -> Result<Diagnostics> {
    let mut warnings = Diagnostics::default();
    for reference in plan {
        let migration = directory.get(reference)?;
        if !migration.operations.iter().any(is_own) {
            continue;
        }
        let message = format!("`{reference}` runs SQL or a function of its own, and that was not verified");
        let warning = Diagnostic::warning("W670", message)
            .note("the catalog says nothing of the rows, triggers and views that it is about")
            .help("see by hand that they are as it would leave them");
        warnings.push(warning.at_opt(directory.location(migration)));
    }
    Ok(warnings)
}

fn is_own(operation: &Operation) -> bool {
    matches!(operation, Operation::RunSql { .. } | Operation::RunRust { .. }) || operation.nested().iter().any(is_own)
}

/// All of them in one transaction, unless the history is another by now than when the catalog was read.
async fn record(
    project: &Project,
    connection: &mut Connection,
    (directory, seen): (&Directory, &History),
    report: &BaselineReport,
    options: &BaselineOptions,
) -> Result<()> {
    let mut records = Vec::with_capacity(report.plan.len());
    for reference in &report.plan {
        records.push(faked(directory.get(reference)?, &report.others));
    }
    let (known, project) = (seen.clone(), project.clone());
    let decide = move |history: &History| {
        if project.own(history.clone()) == known { still_due(history, records) } else { Vec::new() }
    };
    let written = connection.record(&options.run, decide).await?;
    if written.len() == report.plan.len() { Ok(()) } else { Err(overtaken()) }
}

fn faked(migration: &Migration, others: &[OtherLast]) -> Record {
    let mut note = "recorded by baseline; its tables were there, and nothing ran".to_owned();
    for last in others.iter().filter(|last| last.app == migration.app.as_str()) {
        note = format!("{note}; {last}");
    }
    Record {
        migration: migration.reference(),
        event: Event::Faked,
        checksum: checksum(migration),
        text_hash: String::new(),
        note,
    }
}

fn overtaken() -> Error {
    let diagnostic = Diagnostic::error("E672", "another process changed the history while the tables were compared")
        .note("nothing was recorded")
        .help("run `baseline` again: it compares what is there now");
    Error::new(ErrorKind::Failed, diagnostic)
}
