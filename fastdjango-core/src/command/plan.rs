//! What to run, in which order, with every text checked before the first statement.

use std::collections::BTreeSet;

use super::declared::{self, Undoing};
use super::directory::Directory;
pub use crate::backend::Direction;
use crate::backend::History;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, Result};
use crate::field::Engine;
use crate::migration::{self, Migration, SqlSection, Step};
use crate::name::{AppLabel, MigrationName, MigrationRef};
use crate::planner;
use crate::schema::Table;
use crate::state::ProjectState;

/// Where to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// The newest migrations of every app.
    #[default]
    Latest,
    /// The newest migrations of one app, and what they depend on.
    App(AppLabel),
    /// One migration, by its name or the beginning of it, forwards or backwards.
    Migration(AppLabel, MigrationName),
    /// No migration of the app, and none that depends on one.
    Zero(AppLabel),
    /// Back over the last migrations that were applied, of one app or of all.
    Last {
        /// How many.
        count: usize,
        /// Of which app.
        app: Option<AppLabel>,
    },
}

/// A migration that is about to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The migration.
    pub migration: MigrationRef,
    /// Which way.
    pub direction: Direction,
    /// What runs, exactly as reviewed.
    pub steps: Vec<Step>,
    /// The tables that the steps rebuild, as the migrations before declare them.
    pub declared: Vec<Table>,
    /// The hash of its operations.
    pub checksum: String,
    /// The hash of its steps.
    pub text_hash: String,
    /// What must still be applied when its turn comes.
    pub requires: Vec<MigrationRef>,
    /// What must still not be applied when its turn comes.
    pub excludes: Vec<MigrationRef>,
    /// In one transaction.
    pub atomic: bool,
    /// What goes into the history with it.
    pub note: String,
}

/// Chooses what runs, and refuses all of it where a text may not run.
pub(super) fn plan(
    directory: &Directory,
    history: &History,
    target: &Target,
    engine: Engine,
    version: &str,
) -> Result<Vec<Planned>> {
    let applied: BTreeSet<MigrationRef> = history.applied().into_keys().collect();
    let (direction, chosen) = choose(directory, history, &applied, target)?;
    match direction {
        Direction::Forward => forwards(directory, &applied, &chosen, engine, version),
        Direction::Backward => backwards(directory, applied, &chosen, engine),
    }
}

fn choose(
    directory: &Directory,
    history: &History,
    applied: &BTreeSet<MigrationRef>,
    target: &Target,
) -> Result<(Direction, Vec<MigrationRef>)> {
    let graph = &directory.graph;
    let leaves = graph.leaves();
    match target {
        Target::Latest => {
            let all: BTreeSet<MigrationRef> = graph.order().into_iter().collect();
            Ok((Direction::Forward, graph.forwards(&all, applied)))
        }
        Target::App(app) => {
            let leaf = leaves.get(app).ok_or_else(|| unknown_app(app, &leaves.keys().cloned().collect::<Vec<_>>()))?;
            let wanted = BTreeSet::from([MigrationRef { app: app.clone(), name: leaf.clone() }]);
            Ok((Direction::Forward, graph.forwards(&wanted, applied)))
        }
        Target::Migration(app, prefix) => {
            let migration = graph.resolve(app, prefix.as_str()).map_err(Error::invalid)?;
            if applied.contains(&migration) {
                let undone = graph.backwards(app, Some(&migration.name), applied);
                return Ok((Direction::Backward, newest_first(undone, history)));
            }
            Ok((Direction::Forward, graph.forwards(&BTreeSet::from([migration]), applied)))
        }
        Target::Zero(app) => {
            if !leaves.contains_key(app) {
                return Err(unknown_app(app, &leaves.keys().cloned().collect::<Vec<_>>()));
            }
            Ok((Direction::Backward, newest_first(graph.backwards(app, None, applied), history)))
        }
        Target::Last { count, app } => {
            Ok((Direction::Backward, last(directory, history, applied, *count, app.as_ref())))
        }
    }
}

fn unknown_app(app: &AppLabel, known: &[AppLabel]) -> Error {
    let known: Vec<String> = known.iter().map(|label| format!("`{label}`")).collect();
    let diagnostic = Diagnostic::error("E601", format!("no app `{app}` has migrations"));
    Error::invalid(if known.is_empty() {
        diagnostic.help("run `makemigrations` first")
    } else {
        diagnostic.help(format!("the apps are {}", known.join(", ")))
    })
}

/// The last `count` applied, and whatever was applied since that depends on one of them.
fn last(
    directory: &Directory,
    history: &History,
    applied: &BTreeSet<MigrationRef>,
    count: usize,
    app: Option<&AppLabel>,
) -> Vec<MigrationRef> {
    let order = history.applied_in_order();
    let of_app = order.iter().rev().filter(|(migration, _)| app.is_none_or(|app| migration.app == *app));
    let mut undone = BTreeSet::new();
    for (migration, _) in of_app.take(count) {
        undone.extend(directory.graph.dependents(migration, applied));
    }
    newest_first(undone.into_iter().collect(), history)
}

fn newest_first(mut migrations: Vec<MigrationRef>, history: &History) -> Vec<MigrationRef> {
    let applied = history.applied();
    migrations.sort_by_key(|migration| std::cmp::Reverse(applied.get(migration).map(|entry| entry.order)));
    migrations
}

fn forwards(
    directory: &Directory,
    applied: &BTreeSet<MigrationRef>,
    chosen: &[MigrationRef],
    engine: Engine,
    version: &str,
) -> Result<Vec<Planned>> {
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    let mut state = directory.state_of(|migration| applied.contains(migration))?;
    let mut refused = Diagnostics::default();
    let mut planned = Vec::with_capacity(chosen.len());
    for reference in chosen {
        let migration = directory.get(reference)?;
        match checked(directory, migration, &state, engine, version) {
            Ok(section) => {
                let declared = declared::tables(&migration.app, &migration.operations, &state, &section.up)?;
                let steps = section.up.clone();
                planned.push(of(directory, migration, section, Direction::Forward, steps, declared));
            }
            Err(diagnostic) => refused.push(diagnostic),
        }
        migration::advance(&mut state, [migration])?;
    }
    if refused.is_empty() { Ok(planned) } else { Err(Error::invalid(refused)) }
}

fn backwards(
    directory: &Directory,
    applied: BTreeSet<MigrationRef>,
    chosen: &[MigrationRef],
    engine: Engine,
) -> Result<Vec<Planned>> {
    let mut undoing = Undoing::new(directory, applied);
    let mut refused = Diagnostics::default();
    let mut planned = Vec::with_capacity(chosen.len());
    for reference in chosen {
        let migration = directory.get(reference)?;
        match way_back(directory, migration, engine) {
            Ok((section, down)) => {
                let declared = undoing.tables(migration, &down)?;
                planned.push(of(directory, migration, section, Direction::Backward, down, declared));
            }
            Err(diagnostic) => refused.push(diagnostic),
        }
        undoing.undo(migration);
    }
    if refused.is_empty() { Ok(planned) } else { Err(Error::invalid(refused)) }
}

fn of(
    directory: &Directory,
    migration: &Migration,
    section: &SqlSection,
    direction: Direction,
    steps: Vec<Step>,
    declared: Vec<Table>,
) -> Planned {
    let reference = migration.reference();
    let (requires, excludes) = match direction {
        Direction::Forward => (migration.dependencies.clone(), Vec::new()),
        Direction::Backward => {
            let everything = directory.migrations.keys().cloned().collect();
            let mut dependents = directory.graph.dependents(&reference, &everything);
            dependents.retain(|dependent| *dependent != reference);
            (Vec::new(), dependents)
        }
    };
    Planned {
        migration: reference,
        direction,
        steps,
        declared,
        checksum: migration::checksum(migration),
        text_hash: section.text.clone(),
        requires,
        excludes,
        atomic: migration.atomic,
        note: section.edited.clone().unwrap_or_default(),
    }
}

/// The text of a migration, where it may run: present, as reviewed, and made for what this database has.
fn checked<'a>(
    directory: &Directory,
    migration: &'a Migration,
    before: &ProjectState,
    engine: Engine,
    version: &str,
) -> Result<&'a SqlSection, Diagnostic> {
    let section = section(directory, migration, engine)?;
    untouched(directory, migration, section, engine)?;
    let input = planner::input_hash(&migration.app, &migration.operations, before);
    if section.input != input {
        return Err(Diagnostic::error(
            "E241",
            format!("the SQL of `{}` was rendered from something else", migration.reference()),
        )
        .at_opt(directory.location(migration))
        .note("its operations, or the tables before them, have changed since the SQL was written and reviewed")
        .note("nothing was run")
        .help(format!("run `render {} {}`, and review the difference", migration.app, migration.name)));
    }
    if older(version, &section.target) {
        return Err(Diagnostic::error(
            "E242",
            format!(
                "`{}` was rendered for {engine} {} or newer, and this is {version}",
                migration.reference(),
                section.target
            ),
        )
        .at_opt(directory.location(migration))
        .note("nothing was run")
        .help(format!("set `target = {{ {engine} = \"{version}\" }}` in fastdjango.toml, then run `render`")));
    }
    Ok(section)
}

fn way_back<'a>(
    directory: &Directory,
    migration: &'a Migration,
    engine: Engine,
) -> Result<(&'a SqlSection, Vec<Step>), Diagnostic> {
    let section = section(directory, migration, engine)?;
    untouched(directory, migration, section, engine)?;
    let down = section.down.clone().ok_or_else(|| {
        Diagnostic::error("E612", format!("`{}` has no way back", migration.reference()))
            .at_opt(directory.location(migration))
            .note("one of its operations cannot be reversed, or its SQL has no `down`")
            .note("nothing was run")
            .help("give its `run_sql` a `reverse`, then run `render`")
    })?;
    Ok((section, down))
}

fn section<'a>(directory: &Directory, migration: &'a Migration, engine: Engine) -> Result<&'a SqlSection, Diagnostic> {
    migration.sql.get(&engine).ok_or_else(|| {
        Diagnostic::error("E240", format!("`{}` has no SQL for {engine}", migration.reference()))
            .at_opt(directory.location(migration))
            .note("only SQL that stands in the file, and was reviewed there, is run")
            .note("nothing was run")
            .help(format!("run `render {} {}`, and review what it adds", migration.app, migration.name))
    })
}

/// Text that was edited by hand runs only where the file says why.
fn untouched(
    directory: &Directory,
    migration: &Migration,
    section: &SqlSection,
    engine: Engine,
) -> Result<(), Diagnostic> {
    let text = planner::text_hash(&section.up, section.down.as_deref());
    if section.text == text || section.edited.is_some() {
        return Ok(());
    }
    Err(Diagnostic::error("E243", format!("the SQL of `{}` was edited by hand", migration.reference()))
        .at_opt(directory.location(migration))
        .note("its text is not the one that its hash was taken of")
        .note("nothing was run")
        .help(format!("to keep the edit, add `edited = \"why\"` to `[sql.{engine}]`"))
        .help(format!("to undo it, run `render {} {}`", migration.app, migration.name)))
}

/// Compares versions number by number: `3.9` is older than `3.40`.
fn older(version: &str, target: &str) -> bool {
    let numbers = |text: &str| -> Vec<u32> { text.split('.').map_while(|part| part.parse().ok()).collect() };
    numbers(version) < numbers(target)
}
