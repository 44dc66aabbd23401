//! `squashmigrations`: the migrations of an app up to one of them as a single one.

use super::directory::Directory;
use super::files::{self, FileWrite};
use super::make::Made;
use super::project::Project;
use super::render::section;
use crate::error::{Error, Result};
use crate::migration::{self, Migration, write};
use crate::name::{AppLabel, MigrationRef};
use crate::pair::Pair;

/// What `squashmigrations` made.
#[derive(Clone, Debug)]
pub struct SquashReport {
    /// The migration, and its file.
    pub made: Made,
    /// The migrations that it stands for, in their order.
    pub replaces: Vec<MigrationRef>,
    /// How many operations there were, and are.
    pub operations: Pair<usize>,
}

/// Writes one migration for those of the app from the one that begins with `from` (its first, where none is named) to the one
/// that begins with `to`. The files that it stands for stay until every database has it.
///
/// Nothing is written where it would not leave the very state that they leave.
pub fn squashmigrations(
    project: &Project,
    app: &AppLabel,
    (from, to): (Option<&str>, &str),
    dry_run: bool,
) -> Result<SquashReport> {
    project.known_apps(std::slice::from_ref(app))?;
    let directory = project.directory()?;
    let resolve = |name: &str| directory.graph.resolve(app, name).map_err(Error::invalid);
    let (from, to) = (from.map(resolve).transpose()?, resolve(to)?);
    let range = range(&directory, app, from.as_ref(), &to);
    let first = range.first().map(|migration| migration.reference());
    let before = first.map(|first| directory.state_before(&first)).transpose()?.unwrap_or_default();
    let mut squashed = migration::squash(&directory.graph, &range, &before).map_err(Error::invalid)?;
    for engine in project.render_engines() {
        let rendered = section(project, &squashed.migration, &before, engine)?;
        squashed.migration.sql.insert(engine, rendered);
    }
    let path = project.app(app)?.migration(&squashed.migration.name);
    let made = Made { text: write(&squashed.migration), path, migration: squashed.migration, was: None };
    if !dry_run {
        files::write_all(&[FileWrite::create(&made.path, made.text.as_str())])?;
        project.refresh_snapshots()?;
    }
    Ok(SquashReport { replaces: made.migration.replaces.clone(), made, operations: squashed.operations })
}

/// The migrations of the app from the one to the other, both among them, in the order in which they run.
fn range<'d>(
    directory: &'d Directory,
    app: &AppLabel,
    from: Option<&MigrationRef>,
    to: &MigrationRef,
) -> Vec<&'d Migration> {
    let graph = &directory.graph;
    let chosen = graph.order().into_iter().filter(|name| {
        let begun = from.is_none_or(|from| name == from || graph.precedes(from, name));
        name.app == *app && begun && (name == to || graph.precedes(name, to))
    });
    chosen.filter_map(|name| directory.migrations.get(&name)).collect()
}
