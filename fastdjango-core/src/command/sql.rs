//! `sqlmigrate`: the SQL of a migration, as `migrate` runs it.

use super::project::Project;
use crate::backend::{Direction, script};
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result};
use crate::field::Engine;
use crate::name::AppLabel;

/// Writes out every statement that `migrate` executes for the migration, in order; needs no database.
///
/// What depends on the database that it runs against stands in a comment.
pub fn sqlmigrate(
    project: &Project,
    app: &AppLabel,
    prefix: &str,
    engine: Engine,
    direction: Direction,
) -> Result<Vec<String>> {
    let directory = project.directory()?;
    let reference = directory.graph.resolve(app, prefix).map_err(Error::invalid)?;
    let migration = directory.get(&reference)?;
    let Some(section) = migration.sql.get(&engine) else {
        return Err(Error::invalid(
            Diagnostic::error("E240", format!("`{reference}` has no SQL for {engine}"))
                .at_opt(directory.location(migration))
                .help(format!("add `{engine}` to `render` in fastdjango.toml, then run `render`")),
        ));
    };
    let steps = match direction {
        Direction::Forward => &section.up,
        Direction::Backward => section.down.as_ref().ok_or_else(|| {
            Error::invalid(
                Diagnostic::error("E612", format!("`{reference}` has no way back"))
                    .at_opt(directory.location(migration)),
            )
        })?,
    };
    Ok(script(engine, steps))
}
