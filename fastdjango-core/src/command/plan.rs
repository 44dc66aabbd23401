//! What to run, in which order, with every text checked before the first statement.

use std::collections::BTreeSet;

use super::declared::{self, Undoing};
use super::directory::Directory;
use super::replaced::places;
use super::rerender::{Misfit, Rerendered};
use super::resume::{none_in_the_middle, without_its_file};
use super::reviewed::{holds, new_enough, no_way_back, reviewed};
pub use crate::backend::Direction;
use crate::backend::{Function, History};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, Result};
use crate::field::Engine;
use crate::migration::{self, Migration, SqlSection, Step};
use crate::name::{AppLabel, MigrationName, MigrationRef};
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

impl Target {
    /// The app, where one is named.
    #[must_use]
    pub fn app(&self) -> Option<&AppLabel> {
        match self {
            Self::Latest => None,
            Self::App(app) | Self::Migration(app, _) | Self::Zero(app) => Some(app),
            Self::Last { app, .. } => app.as_ref(),
        }
    }
}

/// A migration that is about to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The migration.
    pub migration: MigrationRef,
    /// Which way.
    pub direction: Direction,
    /// What runs, exactly as reviewed, unless `rerendered` says why not.
    pub steps: Vec<Step>,
    /// Why the steps are not those of the file but rendered for this database, which has another order; they run only where
    /// somebody confirmed them.
    pub rerendered: Option<String>,
    /// Why it is recorded and not run: what goes into the history with it, where its tables are there already.
    pub faked: Option<String>,
    /// The functions that the steps name; none where the plan is only recorded.
    pub functions: Vec<Function>,
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
        Direction::Forward => forwards(directory, (history, &applied), &chosen, engine, version),
        Direction::Backward => {
            none_in_the_middle(history)?;
            backwards(directory, &applied, &chosen, engine)
        }
    }
}

pub(super) fn choose(
    directory: &Directory,
    history: &History,
    applied: &BTreeSet<MigrationRef>,
    target: &Target,
) -> Result<(Direction, Vec<MigrationRef>)> {
    let graph = &directory.graph;
    let leaves = graph.leaves();
    target.app().map_or(Ok(()), |app| directory.lives_here(app))?;
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
            let migration = directory.resolve(app, prefix.as_str())?;
            if applied.contains(&migration) {
                let undone = graph.backwards(app, Some(&migration.name), applied);
                return Ok((Direction::Backward, newest_first(directory, &undone, history)));
            }
            Ok((Direction::Forward, graph.forwards(&BTreeSet::from([migration]), applied)))
        }
        Target::Zero(app) => {
            if !leaves.contains_key(app) {
                return Err(unknown_app(app, &leaves.keys().cloned().collect::<Vec<_>>()));
            }
            Ok((Direction::Backward, newest_first(directory, &graph.backwards(app, None, applied), history)))
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
    let mut order: Vec<(i64, MigrationRef)> =
        places(directory, history).into_iter().map(|(migration, place)| (place, migration)).collect();
    order.sort();
    let of_app = order.iter().rev().filter(|(_, migration)| app.is_none_or(|app| migration.app == *app));
    let mut undone = BTreeSet::new();
    for (_, migration) in of_app.take(count) {
        undone.extend(directory.graph.dependents(migration, applied));
    }
    newest_first(directory, &undone.into_iter().collect::<Vec<_>>(), history)
}

fn newest_first(directory: &Directory, migrations: &[MigrationRef], history: &History) -> Vec<MigrationRef> {
    let places = places(directory, history);
    directory.graph.undo_order(migrations, |migration| places.get(migration).copied().unwrap_or_default())
}

fn forwards(
    directory: &Directory,
    (history, applied): (&History, &BTreeSet<MigrationRef>),
    chosen: &[MigrationRef],
    engine: Engine,
    version: &str,
) -> Result<Vec<Planned>> {
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    let mut state = directory.state_of(|migration| applied.contains(migration))?;
    let mut applied = applied.clone();
    let mut refused = Diagnostics::default();
    let mut planned = Vec::with_capacity(chosen.len());
    for reference in chosen {
        let migration = directory.get(reference)?;
        match forward(directory, migration, (&applied, &state), engine, version) {
            Ok(mut one) => {
                one.declared = declared::tables(&migration.app, &migration.operations, &state, &one.steps)?;
                planned.push(one);
            }
            Err(diagnostic) => refused.push(without_its_file(history, reference, diagnostic)),
        }
        migration::advance(&mut state, [migration])?;
        applied.insert(reference.clone());
    }
    if refused.is_empty() { Ok(planned) } else { Err(Error::invalid(refused)) }
}

/// The text of a migration, where it may run: present, as reviewed, and made for what this database has.
fn forward(
    directory: &Directory,
    migration: &Migration,
    (applied, before): (&BTreeSet<MigrationRef>, &ProjectState),
    engine: Engine,
    version: &str,
) -> Result<Planned, Diagnostic> {
    let direction = Direction::Forward;
    let section = reviewed(directory, migration, engine)?;
    if holds(migration, section, before) {
        new_enough(directory, migration, section, engine, version)?;
        return Ok(of(directory, migration, section, direction, section.up.clone()));
    }
    let rerendered = Misfit { directory, migration, section, engine, direction, applied, before }.rerendered()?;
    new_enough(directory, migration, &rerendered.section, engine, version)?;
    let up = rerendered.section.up.clone();
    Ok(marked(of(directory, migration, &rerendered.section, direction, up), rerendered))
}

fn backwards(
    directory: &Directory,
    applied: &BTreeSet<MigrationRef>,
    chosen: &[MigrationRef],
    engine: Engine,
) -> Result<Vec<Planned>> {
    let fitting = fitting(directory, applied, chosen, engine)?;
    let mut applied = applied.clone();
    let mut undoing = Undoing::new(directory, applied.clone());
    let mut refused = Diagnostics::default();
    let mut planned = Vec::with_capacity(chosen.len());
    for reference in chosen {
        let migration = directory.get(reference)?;
        applied.remove(reference);
        let fits = fitting.contains(reference);
        let misfit = if fits { None } else { Some(directory.state_of(|other| applied.contains(other))?) };
        match backward(directory, migration, &applied, misfit.as_ref(), engine) {
            Ok(mut one) => {
                one.declared = undoing.tables(migration, &one.steps)?;
                planned.push(one);
            }
            Err(diagnostic) => refused.push(diagnostic),
        }
        undoing.undo(migration);
    }
    if refused.is_empty() { Ok(planned) } else { Err(Error::invalid(refused)) }
}

/// The chosen migrations whose text was made for what this database has before them, in the files' order.
///
/// One walk over the history: what is undone before a migration, and stands before it, has nothing to do with it.
fn fitting(
    directory: &Directory,
    applied: &BTreeSet<MigrationRef>,
    chosen: &[MigrationRef],
    engine: Engine,
) -> Result<BTreeSet<MigrationRef>> {
    let mut state = ProjectState::default();
    let mut fitting = BTreeSet::new();
    let order = directory.graph.order();
    for migration in order.iter().filter(|m| applied.contains(m)).filter_map(|m| directory.migrations.get(m)) {
        let reference = migration.reference();
        let section = migration.sql.get(&engine).filter(|_| chosen.contains(&reference));
        if section.is_some_and(|section| holds(migration, section, &state)) {
            fitting.insert(reference);
        }
        migration::advance(&mut state, [migration])?;
    }
    Ok(fitting)
}

/// The way back of a migration, made for what this database has; `applied` no longer holds the migration, and `misfit` is
/// what those leave, where the text was made for something else.
fn backward(
    directory: &Directory,
    migration: &Migration,
    applied: &BTreeSet<MigrationRef>,
    misfit: Option<&ProjectState>,
    engine: Engine,
) -> Result<Planned, Diagnostic> {
    let direction = Direction::Backward;
    let section = reviewed(directory, migration, engine)?;
    let down = section.down.clone().ok_or_else(|| no_way_back(directory, migration))?;
    let Some(before) = misfit else {
        return Ok(of(directory, migration, section, direction, down));
    };
    let rerendered = Misfit { directory, migration, section, engine, direction, applied, before }.rerendered()?;
    let down = rerendered.section.down.clone().ok_or_else(|| no_way_back(directory, migration))?;
    Ok(marked(of(directory, migration, &rerendered.section, direction, down), rerendered))
}

/// Says of a planned migration that its steps hold for this database alone, and only as long as its order stays the same.
fn marked(mut planned: Planned, rerendered: Rerendered) -> Planned {
    match planned.direction {
        Direction::Forward => planned.requires.extend(rerendered.others),
        Direction::Backward => planned.excludes.extend(rerendered.others),
    }
    planned.note = format!("rendered for another order than the file's: {}", rerendered.reason);
    planned.rerendered = Some(rerendered.reason);
    planned
}

fn of(
    directory: &Directory,
    migration: &Migration,
    section: &SqlSection,
    direction: Direction,
    steps: Vec<Step>,
) -> Planned {
    let reference = migration.reference();
    let (requires, excludes) = match direction {
        Direction::Forward => (directory.graph.parents(&reference), Vec::new()),
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
        rerendered: None,
        faked: None,
        functions: Vec::new(),
        declared: Vec::new(),
        checksum: migration::checksum(migration),
        text_hash: section.text.clone(),
        requires,
        excludes,
        atomic: migration.atomic,
        note: section.edited.clone().unwrap_or_default(),
    }
}
