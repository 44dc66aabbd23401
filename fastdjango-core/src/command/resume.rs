//! `migrate --resume`: what becomes of a migration that stands in the middle of its steps, whatever its file says now.

use super::directory::Directory;
use super::functions;
use super::migrate::{MigrateReport, Notice, Ran};
use super::project::Project;
use crate::backend::{
    Connection, Direction, Entry, Event, Function, History, Outcome, Record, RunOptions, StepState, Unit,
};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, ErrorKind, Result};
use crate::name::MigrationRef;

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resume {
    /// It goes on with the steps that it was begun with.
    Journal,
    /// It is given up: it counts as not applied, and its tables are a person's to mend.
    Abort,
}

/// Ends the migration that stands in the middle; no other is begun.
pub(super) async fn resume(
    project: &Project,
    connection: &mut Connection,
    options: &RunOptions,
    resume: Resume,
    notice: &mut (dyn FnMut(Notice) + Send),
) -> Result<MigrateReport> {
    let history = connection.history().await?;
    let (entry, direction) = in_the_middle(&history).ok_or_else(nothing)?;
    match resume {
        Resume::Journal => {
            let functions = functions::of_journal(project, &history, &entry.migration, direction);
            go_on(connection, options, &entry, (direction, &functions), notice).await
        }
        Resume::Abort => give_up(connection, options, &entry, direction).await,
    }
}

/// Refuses to undo anything while a migration stands in the middle: it counts as not applied, and half of it is there.
pub(super) fn none_in_the_middle(history: &History) -> Result<()> {
    let Some((entry, direction)) = in_the_middle(history) else { return Ok(()) };
    let (way, help) = match direction {
        Direction::Forward => {
            ("applied", "`migrate` goes on where the last run ended, and then it can be undone as a whole")
        }
        Direction::Backward => {
            ("undone", "`migrate --resume journal` undoes it to its end; `migrate` then applies it again")
        }
    };
    let message = format!("`{}` is half {way}, and nothing else is undone before that has an end", entry.migration);
    let diagnostic = Diagnostic::error("E648", message).note("nothing was run").help(help);
    Err(Error::invalid(diagnostic.help("`migrate --resume abort` gives it up, and says which steps are done")))
}

/// Refuses everything while a migration stands in the middle under a name that its file has no longer: its steps are in the journal of
/// that name, and under the new one they would begin anew.
pub(super) fn none_under_a_former_name(directory: &Directory, history: &History) -> Result<()> {
    let Some((entry, _)) = in_the_middle(history) else { return Ok(()) };
    let Some(now) = directory.once_called(&entry.migration) else { return Ok(()) };
    let message =
        format!("`{}` stopped in the middle of its steps, and is called `{}` now", entry.migration, now.reference());
    let diagnostic = Diagnostic::error("E648", message).at_opt(directory.location(now)).note("nothing was run");
    Err(Error::invalid(
        diagnostic
            .help("`migrate --resume journal` ends it with the steps that it was begun with; the next `migrate` knows it by its new name")
            .help("`migrate --resume abort` gives it up, and says which steps are done"),
    ))
}

/// Refuses to record one of these as done while it stands in the middle: what is not done of it would never come.
pub(super) fn none_of_them_in_the_middle<'a>(
    history: &History,
    migrations: impl IntoIterator<Item = &'a MigrationRef>,
) -> Result<()> {
    let found = migrations.into_iter().find_map(|migration| Some((migration, way(history.last_of(migration)?)?)));
    let Some((migration, direction)) = found else { return Ok(()) };
    let (half, help) = match direction {
        Direction::Forward => ("applied", "`migrate`, or `migrate --resume journal`, goes on where the last run ended"),
        Direction::Backward => ("undone", "`migrate --resume journal` undoes it to its end"),
    };
    let message = format!("`{migration}` is half {half}, and is not recorded before that has an end");
    let diagnostic = Diagnostic::error("E648", message).note("nothing was recorded").help(help);
    let help = "`migrate --resume abort` gives it up, and says which steps are done; then `--fake` records it";
    Err(Error::invalid(diagnostic.help(help)))
}

/// Says of a file that may not run how its migration comes to an end without it, where it stands in the middle.
pub(super) fn without_its_file(history: &History, migration: &MigrationRef, refusal: Diagnostic) -> Diagnostic {
    let Some(direction) = history.last_of(migration).and_then(way) else { return refusal };
    let (half, ends) = match direction {
        Direction::Forward => ("applied", "goes on with those"),
        Direction::Backward => ("undone", "undoes it to its end with those"),
    };
    refusal.note(format!("it is half {half}, by steps that were written down before the first")).help(format!(
        "`migrate --resume journal` {ends}, whatever the file says; `migrate --resume abort` gives it up"
    ))
}

fn in_the_middle(history: &History) -> Option<(Entry, Direction)> {
    history.last().into_values().find_map(|entry| Some((entry.clone(), way(entry)?)))
}

/// Which way a migration was going that stands in the middle.
const fn way(last: &Entry) -> Option<Direction> {
    match last.event {
        Event::Applying => Some(Direction::Forward),
        Event::Reverting => Some(Direction::Backward),
        Event::Applied | Event::Reverted | Event::Faked | Event::Relabelled | Event::Repaired | Event::Replaced => None,
    }
}

fn nothing() -> Error {
    let diagnostic = Diagnostic::error("E653", "no migration stands in the middle of its steps")
        .note("nothing was run")
        .help("run `migrate` without `--resume`");
    Error::invalid(diagnostic)
}

/// The history keeps the hashes of what it was begun with: that is what ran.
async fn go_on(
    connection: &mut Connection,
    options: &RunOptions,
    entry: &Entry,
    (direction, functions): (Direction, &[Function]),
    notice: &mut (dyn FnMut(Notice) + Send),
) -> Result<MigrateReport> {
    let migration = entry.migration.clone();
    notice(Notice::Started(migration.clone(), direction));
    let unit = Unit {
        migration: migration.clone(),
        checksum: &entry.checksum,
        text_hash: &entry.text_hash,
        steps: &[],
        functions,
        declared: &[],
        direction,
        requires: &[],
        excludes: &[],
        atomic: true,
        note: "ended by --resume journal, with the steps that it was begun with",
    };
    let options = RunOptions { resume: true, ..options.clone() };
    let outcome = connection.run(&unit, &options, &mut |progress| notice(Notice::Progress(progress))).await?;
    let ran = Ran { migration, direction, outcome };
    notice(Notice::Finished(ran.clone()));
    Ok(MigrateReport { ran: vec![ran], ..MigrateReport::default() })
}

async fn give_up(
    connection: &mut Connection,
    options: &RunOptions,
    entry: &Entry,
    direction: Direction,
) -> Result<MigrateReport> {
    let record = Record {
        migration: entry.migration.clone(),
        event: Event::Reverted,
        checksum: entry.checksum.clone(),
        text_hash: entry.text_hash.clone(),
        note: "given up in the middle by --resume abort; its tables are as its steps left them".to_owned(),
    };
    let known = entry.clone();
    // Another process may be at it, and come to its end while we wait for the lock.
    let still = move |history: &History| {
        let same = history.last_of(&record.migration).is_some_and(|last| last.id == known.id);
        same.then_some(record).into_iter().collect()
    };
    connection.record(options, still).await?;
    let history = connection.history().await?;
    let last = history.last_of(&entry.migration).filter(|last| last.run_id == options.run_id);
    if last.is_none() {
        let message = format!("`{}` no longer stands in the middle: another process came to its end", entry.migration);
        let help = "run `showmigrations` to see how it ended";
        return Err(Error::new(ErrorKind::Failed, Diagnostic::error("E653", message).help(help)));
    }
    let warning = given_up(connection, entry).await;
    let ran = Ran { migration: entry.migration.clone(), direction, outcome: Outcome::GivenUp };
    Ok(MigrateReport { ran: vec![ran], warnings: Diagnostics(vec![warning]), ..MigrateReport::default() })
}

/// Which of its steps are done: that is how the tables are.
async fn given_up(connection: &mut Connection, entry: &Entry) -> Diagnostic {
    // It is given up by now, whatever can still be said of it.
    let steps = connection.journal(&entry.migration, &entry.run_id).await.unwrap_or_default();
    let way = if entry.event == Event::Applying { "applying" } else { "undoing" };
    let message = format!("`{}` was given up while {way} it, and counts as not applied", entry.migration);
    let mut warning = Diagnostic::warning("W614", message);
    if steps.is_empty() {
        warning = warning.note("which of its steps are done cannot be read any more");
    }
    for (i, step) in steps.iter().enumerate() {
        let how = match step.state {
            StepState::Pending => "is not done",
            StepState::Started => "was begun, and whether it landed is not known",
            StepState::Done => "is done, and stays",
        };
        let (number, of) = (i + 1, steps.len());
        warning = warning.note(format!("step {number} of {of} {how}: {}", step.statements.join(";\n")));
    }
    let (app, name) = (&entry.migration.app, &entry.migration.name);
    warning
        .help("take back by hand what is there of it, so that `migrate` can begin it anew")
        .help(format!("or finish it by hand, and record it as applied by `migrate {app} {name} --fake`"))
}
