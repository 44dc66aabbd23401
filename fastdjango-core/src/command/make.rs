//! `makemigrations`: from what changed in the models to files that a person reviews.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::answers::Flags;
use super::clock;
use super::files::{self, FileWrite};
use super::former;
use super::project::Project;
use super::render::section;
use super::route::{check_moves, check_relations};
use super::slips;
use super::snapshots::Previous;
use super::unwritten;
use super::update::update;
use crate::backend::History;
use crate::detect::{Answers, Detected, Question, detect};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, Result};
use crate::migration::{Migration, write};
use crate::name::{AppLabel, MigrationName, MigrationRef};
use crate::operation::Operation;
use crate::pair::Pair;
use crate::settings::Naming;
use crate::state::ProjectState;

/// How to make migrations.
#[derive(Clone, Debug, Default)]
pub struct MakeOptions {
    /// Only these apps, and what they need of others; all of them where there is none.
    pub apps: Vec<AppLabel>,
    /// The migrations' name, without the number.
    pub name: Option<String>,
    /// Migrations without operations, to be filled in by hand.
    pub empty: bool,
    /// Write nothing.
    pub dry_run: bool,
    /// What was answered so far.
    pub answers: Answers,
    /// Which of it was typed as flags: such an answer has to answer something.
    pub flags: Flags,
    /// Fold what is new into the last migrations, where this history of the database has not applied them.
    ///
    /// Where not every app lives in every database, it takes the project of that one: [`Project::on`].
    pub update: Option<History>,
}

/// A migration that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// The migration.
    pub migration: Migration,
    /// Its file.
    pub path: PathBuf,
    /// The file's text.
    pub text: String,
    /// The migration whose place it takes, perhaps under the same name.
    pub was: Option<MigrationRef>,
}

/// What `makemigrations` made, or what it has to know first.
#[derive(Clone, Debug, Default)]
pub struct MakeReport {
    /// The migrations, in the order in which they run; empty where nothing changed or a question is open.
    pub made: Vec<Made>,
    /// What nobody but the user knows; where there is one, nothing was written.
    pub questions: Vec<Question>,
    /// What somebody should know.
    pub warnings: Diagnostics,
    /// True where nothing changed but a snapshot was missing, stale or in conflict, and stands right again.
    pub refreshed: bool,
}

/// Compares the models with the last migrations, and writes what changed as one migration an app.
///
/// Nothing is written while a question is open, on `dry_run`, or where anything is refused: the files appear together or
/// not at all.
pub fn makemigrations(project: &Project, options: &MakeOptions) -> Result<MakeReport> {
    let (here, project) = (project, project.whole());
    project.known_apps(&options.apps)?;
    check_relations(project)?;
    let previous = project.previous()?;
    if options.empty {
        let mut migrations = empty(&previous, options);
        migrations.sort_by(|a, b| a.app.cmp(&b.app));
        return finish(project, options, &previous, migrations, project.warnings.clone());
    }
    let detected = detected(project, &previous, options)?;
    let warnings = merged(project.warnings.clone(), detected.warnings);
    if detected.questions.is_empty() {
        check_moves(project, &detected.migrations)?;
    }
    let mut chosen = only(detected.migrations, &options.apps);
    unwritten::refuse(project, &chosen, &detected.questions)?;
    if !detected.questions.is_empty() {
        return Ok(MakeReport { questions: detected.questions, warnings, ..MakeReport::default() });
    }
    if let Some(history) = options.update.as_ref().filter(|_| !chosen.is_empty()) {
        named(project, options, &mut chosen)?;
        return update(here, options, history, chosen, warnings);
    }
    finish(project, options, &previous, chosen, warnings)
}

/// What changed in the models, with the questions that only a project can put, and what there is to say of the answers.
fn detected(project: &Project, previous: &Previous, options: &MakeOptions) -> Result<Detected> {
    let (states, past) = (Pair::new(&previous.state, &project.models), &previous.past);
    let found = |answers: &Answers| detect(states, &project.hints, past, answers);
    let mut detected = found(&options.answers);
    let mut told = slips::astray_answers(states, past, &options.answers, &options.flags);
    if told.has_errors() || !detected.errors.is_empty() {
        told.extend(detected.errors);
        return Err(Error::invalid(told));
    }
    if detected.questions.is_empty() {
        let asked = |found: &Detected, answers: &Answers| former::ask(project, &found.migrations, answers);
        let questions = asked(&detected, &options.answers)?;
        if questions.is_empty() {
            told.extend(slips::unused_flags(&options.answers, &options.flags, |answers| {
                let found = found(answers);
                found == detected && asked(&found, answers).is_ok_and(|open| open.is_empty())
            }));
        }
        detected.questions = questions;
    }
    detected.warnings = merged(told, detected.warnings);
    Ok(detected)
}

fn finish(
    project: &Project,
    options: &MakeOptions,
    previous: &Previous,
    mut migrations: Vec<Migration>,
    warnings: Diagnostics,
) -> Result<MakeReport> {
    named(project, options, &mut migrations)?;
    let made = write_out(project, &previous.state, migrations)?;
    let changed = !made.is_empty();
    if !options.dry_run && (changed || previous.replayed) {
        let writes: Vec<FileWrite> =
            made.iter().map(|made| FileWrite::create(&made.path, made.text.as_str())).collect();
        files::write_all(&writes)?;
        project.refresh_snapshots()?;
    }
    let refreshed = !options.dry_run && !changed && previous.replayed;
    Ok(MakeReport { made, warnings, refreshed, ..MakeReport::default() })
}

/// Gives the migrations the names that the options and the settings want.
fn named(project: &Project, options: &MakeOptions, migrations: &mut [Migration]) -> Result<()> {
    if let Some(name) = &options.name {
        check_name(name)?;
        rename(migrations, |_, migration| format!("{}{name}", split(&migration.name).0));
    }
    if project.settings.migrations.naming == Naming::Timestamp {
        let now = clock::now();
        // Two migrations of one run differ by a second, so that their names sort as they run.
        rename(migrations, |position, migration| {
            format!("0_{}_{}", clock::stamp(now + position as u64), split(&migration.name).1)
        });
    }
    Ok(())
}

/// A name is part of a file's name, and of what people type.
pub(super) fn check_name(name: &str) -> Result<()> {
    let starts = name.chars().next().is_some_and(char::is_alphabetic);
    if starts && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-') {
        return Ok(());
    }
    Err(Error::invalid(
        Diagnostic::error("E308", format!("`{name}` is no name for a migration"))
            .help("begin with a letter, and use letters, digits, `_` and `-`; the number is put before it"),
    ))
}

fn merged(mut all: Diagnostics, more: Diagnostics) -> Diagnostics {
    if all.is_empty() {
        return more;
    }
    all.extend(more);
    all
}

/// Gives every migration its SQL, each from the state that the ones before it leave.
fn write_out(project: &Project, previous: &ProjectState, migrations: Vec<Migration>) -> Result<Vec<Made>> {
    let mut state = previous.clone();
    let mut made = Vec::with_capacity(migrations.len());
    for mut migration in migrations {
        for engine in project.render_engines() {
            migration.sql.insert(engine, section(project, &migration, &state, engine)?);
        }
        for operation in &migration.operations {
            operation.apply(&migration.app, &mut state)?;
        }
        let path = project.app_to_write(&migration.app)?.migration(&migration.name);
        let text = write(&migration);
        let text = if migration.operations.is_empty() { with_template(&text) } else { text };
        made.push(Made { migration, path, text, was: None });
    }
    Ok(made)
}

/// What an empty migration begins with: an operation to be filled in.
const TEMPLATE: &str = r#"
# An operation of your own: take the `#` off, fill it in, then run `render` for the SQL below.
# [[operations]]
# op = "run_sql"
# sql = ["UPDATE … SET …", "one statement each"]
# reverse = ["UPDATE … SET …"]    # [] where there is nothing to undo; without it there is no way back
# touches = ["Post.slug"]          # all that it reads or changes: models, fields, `app.Model`; without it, anything
#
# [[operations]]
# op = "run_rust"                  # a function with #[data_migration], which sees the models as they are at this place
# run = "package::function"
# reverse = "noop"                 # or a function; without it there is no way back
"#;

fn with_template(text: &str) -> String {
    let sections = text.find("\n[sql.").unwrap_or(text.len());
    format!("{}{TEMPLATE}{}", &text[..sections], &text[sections..])
}

/// The migrations of the apps that were asked for, those that they depend on, and the counterparts of what they move.
fn only(migrations: Vec<Migration>, apps: &[AppLabel]) -> Vec<Migration> {
    if apps.is_empty() {
        return migrations;
    }
    let mut wanted: BTreeSet<_> =
        migrations.iter().filter(|m| apps.contains(&m.app)).map(Migration::reference).collect();
    let mut known = 0;
    while known < wanted.len() {
        known = wanted.len();
        for migration in migrations.iter().rev() {
            if !wanted.contains(&migration.reference()) {
                continue;
            }
            wanted.extend(migration.dependencies.iter().cloned());
            // Without its counterpart a move would be half written: nobody finds it a second time.
            wanted.extend(migrations.iter().filter(|other| receives(other, migration)).map(Migration::reference));
        }
    }
    migrations.into_iter().filter(|migration| wanted.contains(&migration.reference())).collect()
}

/// True where the first migration receives a model that the second moves.
fn receives(receiver: &Migration, mover: &Migration) -> bool {
    receiver.operations.iter().any(|received| match received {
        Operation::ReceiveModel { from: model, .. } => mover.operations.iter().any(|moved| match moved {
            Operation::MoveModel { from, to } => from == model && to.app == receiver.app,
            _ => false,
        }),
        _ => false,
    })
}

fn empty(previous: &Previous, options: &MakeOptions) -> Vec<Migration> {
    let mut migrations = Vec::new();
    for app in &options.apps {
        let leaf = previous.past.leaves.get(app);
        let name = format!("{:04}_custom", leaf.map_or(1, |leaf| number(leaf) + 1));
        let mut migration = Migration::new(app.clone(), name, Vec::new());
        migration.dependencies.extend(leaf.map(|leaf| MigrationRef { app: app.clone(), name: leaf.clone() }));
        migrations.push(migration);
    }
    migrations
}

/// Gives the migrations their final names; the dependencies of this run follow.
fn rename(migrations: &mut [Migration], new: impl Fn(usize, &Migration) -> String) {
    let mut renamed = BTreeMap::new();
    for (position, migration) in migrations.iter_mut().enumerate() {
        let old = migration.reference();
        migration.name = new(position, migration).into();
        renamed.insert(old, migration.reference());
    }
    for dependency in migrations.iter_mut().flat_map(|migration| &mut migration.dependencies) {
        if let Some(new) = renamed.get(dependency) {
            *dependency = new.clone();
        }
    }
}

/// `0002_add_post_rating` is `0002_` and `add_post_rating`.
pub(super) fn split(name: &MigrationName) -> (&str, &str) {
    let name = name.as_str();
    name.split_at(name.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(name.len()))
}

pub(super) fn number(name: &MigrationName) -> u32 {
    let digits: String = name.as_str().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}
