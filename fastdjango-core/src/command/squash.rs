//! `squashmigrations`: the migrations of an app up to one of them as a single one.

use super::directory::Directory;
use super::files::{self, FileWrite};
use super::make::Made;
use super::project::Project;
use super::render::section;
use crate::diagnostic::{Diagnostic, Diagnostics};
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
    let project = project.whole();
    let app_dir = project.app_to_write(app)?;
    let directory = project.directory()?;
    let resolve = |name: &str| directory.resolve(app, name);
    let (from, to) = (from.map(resolve).transpose()?, resolve(to)?);
    let range = range(&directory, app, from.as_ref(), &to);
    let refused = refusals(&directory, &range);
    if !refused.is_empty() {
        return Err(Error::invalid(refused));
    }
    let first = range.first().map(|migration| migration.reference());
    let before = first.map(|first| directory.state_before(&first)).transpose()?.unwrap_or_default();
    let mut squashed = migration::squash(&directory.graph, &range, &before).map_err(Error::invalid)?;
    for engine in project.render_engines() {
        let rendered = section(project, &squashed.migration, &before, engine).map_err(|error| apart(&error))?;
        squashed.migration.sql.insert(engine, rendered);
    }
    let mut next = directory.migrations.clone();
    next.retain(|name, _| !squashed.migration.replaces.contains(name));
    next.insert(squashed.migration.reference(), squashed.migration.clone());
    directory.with(next)?;
    let path = app_dir.migration(&squashed.migration.name);
    let made = Made { text: write(&squashed.migration), path, migration: squashed.migration, was: None };
    if !dry_run {
        files::write_all(&[FileWrite::create(&made.path, made.text.as_str())])?;
        project.refresh_snapshots()?;
    }
    Ok(SquashReport { replaces: made.migration.replaces.clone(), made, operations: squashed.operations })
}

/// What cannot be a part of a squash: SQL that nobody could render again, and another squash.
fn refusals(directory: &Directory, range: &[&Migration]) -> Diagnostics {
    let mut found = Diagnostics::default();
    for migration in range {
        let (name, place) = (migration.reference(), directory.location(migration));
        for (engine, section) in &migration.sql {
            let Some(why) = &section.edited else { continue };
            let message = format!("the SQL of `{name}` for {engine} was edited by hand, and would be lost");
            let fault = Diagnostic::error("E324", message).at_opt(place.clone()).note(format!("it says why: {why}"));
            found.push(
                fault.note("nothing was written").help("squash up to the one before it, and from the one after it"),
            );
        }
        if !migration.replaces.is_empty() {
            let message = format!("`{name}` is a squash already, and cannot be a part of another");
            let fault = Diagnostic::error("E277", message).at_opt(place).note("nothing was written");
            found.push(fault.help(
                "once every database has it: take the files of its parts away, run `migrate` on each, and then take `replaces` out of it",
            ));
        }
    }
    found
}

/// What a squash cannot hold has to stay outside of it.
fn apart(error: &Error) -> Error {
    let mut found = error.diagnostics().clone();
    for fault in &mut found.0 {
        *fault = fault
            .clone()
            .note("nothing was written")
            .help("squash up to the migration with it, and from the one after it");
    }
    Error::new(error.kind(), found)
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
