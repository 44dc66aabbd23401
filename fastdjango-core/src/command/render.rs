//! `render`: the SQL of migrations again, where it is missing or no longer that of its operations.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::directory::Directory;
use super::files::{self, FileWrite};
use super::project::Project;
use super::unwritten::passed_over;
use crate::diagnostic::Diagnostics;
use crate::dialect;
use crate::error::{Error, Result};
use crate::field::Engine;
use crate::migration::{Migration, SqlSection, advance, set_sql};
use crate::name::{AppLabel, MigrationRef};
use crate::planner;
use crate::state::ProjectState;

/// A section that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The migration.
    pub migration: MigrationRef,
    /// For which backend.
    pub engine: Engine,
    /// Its file.
    pub path: PathBuf,
    /// The section as it was, where there was one.
    pub previous: Option<SqlSection>,
    /// The section as it is.
    pub next: SqlSection,
}

/// What `render` wrote.
#[derive(Clone, Debug, Default)]
pub struct RenderReport {
    /// The sections, in the order of their migrations.
    pub rendered: Vec<Rendered>,
    /// What could not be rendered here.
    pub warnings: Diagnostics,
}

/// Renders the migrations of an app, or one of them by the beginning of its name; all of them where no app is given.
///
/// A section whose hashes hold is left as it is, unless `force` asks for it; text that was edited with a reason stays too,
/// as long as its input holds. Everything else in the files stays as it is, comments included.
pub fn render(project: &Project, app: Option<&AppLabel>, prefix: Option<&str>, force: bool) -> Result<RenderReport> {
    let project = project.whole();
    let directory = project.directory()?;
    if let Some(app) = app {
        project.known_apps(std::slice::from_ref(app))?;
    }
    let only = match (app, prefix) {
        (Some(app), Some(prefix)) => Some(directory.resolve(app, prefix)?),
        _ => None,
    };
    let mut report = RenderReport::default();
    let mut texts: BTreeMap<PathBuf, String> = BTreeMap::new();
    let mut state = ProjectState::default();
    let mut passed: BTreeMap<&AppLabel, Vec<MigrationRef>> = BTreeMap::new();
    for reference in directory.graph.order() {
        let migration = directory.get(&reference)?;
        let wanted = app.is_none_or(|app| *app == reference.app) && only.as_ref().is_none_or(|only| *only == reference);
        let owner = project.app(&reference.app)?;
        if wanted && (app.is_some() || owner.is_source()) {
            owner.to_write()?;
            render_one(project, &directory, migration, &state, force, &mut texts, &mut report)?;
        } else if wanted && lacks_sql(project, migration, &state) {
            passed.entry(&owner.label).or_default().push(reference.clone());
        }
        advance(&mut state, [migration])?;
    }
    for (label, migrations) in passed {
        report.warnings.push(passed_over(project.app(label)?, &migrations));
    }
    let writes: Vec<FileWrite> = texts.into_iter().map(|(path, text)| FileWrite::replace(path, text)).collect();
    files::write_all(&writes)?;
    if !report.rendered.is_empty() {
        project.refresh_snapshots()?;
    }
    Ok(report)
}

fn render_one(
    project: &Project,
    directory: &Directory,
    migration: &Migration,
    before: &ProjectState,
    force: bool,
    texts: &mut BTreeMap<PathBuf, String>,
    report: &mut RenderReport,
) -> Result<()> {
    let reference = migration.reference();
    let Some(path) = directory.paths.get(&reference) else { return Ok(()) };
    for engine in project.render_engines() {
        let previous = migration.sql.get(&engine);
        if !force && previous.is_some_and(|section| holds(migration, section, before)) {
            continue;
        }
        let next = section(project, migration, before, engine)?;
        if previous == Some(&next) {
            continue;
        }
        let text = match texts.get(path) {
            Some(text) => text.clone(),
            None => directory.texts.get(&reference).cloned().unwrap_or_default(),
        };
        texts.insert(path.clone(), set_sql(&text, engine, &next).map_err(Error::invalid)?);
        report.rendered.push(Rendered {
            migration: reference.clone(),
            engine,
            path: path.clone(),
            previous: previous.cloned(),
            next,
        });
    }
    Ok(())
}

fn lacks_sql(project: &Project, migration: &Migration, before: &ProjectState) -> bool {
    let section = |engine: &Engine| migration.sql.get(engine).is_some_and(|section| holds(migration, section, before));
    !project.render_engines().iter().all(section)
}

/// The SQL of a migration for an engine, from the state before it.
pub(super) fn section(
    project: &Project,
    migration: &Migration,
    before: &ProjectState,
    engine: Engine,
) -> Result<SqlSection> {
    let dialect = dialect::targeting(engine, project.settings.target(engine));
    planner::section(&migration.app, &migration.operations, before, &*dialect).map_err(Error::invalid)
}

fn holds(migration: &Migration, section: &SqlSection, before: &ProjectState) -> bool {
    let input = planner::input_hash(&migration.app, &migration.operations, before);
    let text = planner::text_hash(&section.up, section.down.as_deref());
    section.input == input && (section.text == text || section.edited.is_some())
}
