//! Migrations in the place of others: their SQL from what now comes before, and the files changed together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::directory::Directory;
use super::files::{self, FileWrite};
use super::make::Made;
use super::project::Project;
use super::render::section;
use crate::error::{Error, Result};
use crate::migration::{Graph, Migration, advance, write};
use crate::name::MigrationRef;
use crate::state::ProjectState;

/// Migrations that change or come, each with the one whose place it takes.
pub(super) type Rewritten = Vec<(Migration, Option<MigrationRef>)>;

/// Renders the migrations in the order that all of them have then; refuses what does not fit or is not ordered.
pub(super) fn render(project: &Project, directory: &Directory, rewritten: Rewritten) -> Result<Vec<Made>> {
    let mut was: BTreeMap<MigrationRef, Option<MigrationRef>> = BTreeMap::new();
    let mut after = directory.migrations.clone();
    for (_, old) in &rewritten {
        old.as_ref().map(|old| after.remove(old));
    }
    for (migration, old) in rewritten {
        was.insert(migration.reference(), old);
        after.insert(migration.reference(), migration);
    }
    let all: Vec<Migration> = after.values().cloned().collect();
    let graph = Graph::new(&all).map_err(Error::invalid)?;
    let next = directory.holding(after, graph);
    let unordered = next.unordered();
    if !unordered.is_empty() {
        return Err(Error::invalid(unordered));
    }
    let mut state = ProjectState::default();
    let mut made = Vec::new();
    for reference in next.graph.order() {
        let mut migration = next.get(&reference)?.clone();
        if let Some(was) = was.get(&reference) {
            migration.sql.clear();
            for engine in project.render_engines() {
                migration.sql.insert(engine, section(project, &migration, &state, engine)?);
            }
            let path = project.app_to_write(&migration.app)?.migration(&migration.name);
            made.push(Made { text: write(&migration), path, migration: migration.clone(), was: was.clone() });
        }
        advance(&mut state, [&migration])?;
    }
    Ok(made)
}

/// Writes the files, and takes those away whose migration has another name now; all of it or nothing.
pub(super) fn write_files(directory: &Directory, made: &[Made]) -> Result<()> {
    let paths = &directory.paths;
    let writes: Vec<FileWrite> = made
        .iter()
        .map(|made| match made.was.as_ref().and_then(|was| paths.get(was)) {
            Some(old) if *old == made.path => FileWrite::replace(&made.path, made.text.as_str()),
            _ => FileWrite::create(&made.path, made.text.as_str()),
        })
        .collect();
    let written: BTreeSet<&PathBuf> = made.iter().map(|made| &made.path).collect();
    let old = made.iter().filter_map(|made| paths.get(made.was.as_ref()?));
    let gone: Vec<PathBuf> = old.filter(|path| !written.contains(path)).cloned().collect();
    files::write_and_remove(&writes, &gone)
}
