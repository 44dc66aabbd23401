//! `sqlmigrate`: the SQL of a migration, as `migrate` runs it.

use super::project::Project;
use super::reviewed::{holds, no_way_back, reviewed, stale};
use crate::backend::{Direction, script};
use crate::error::{Error, Result};
use crate::name::AppLabel;
use crate::settings::Database;

/// Writes out every statement that `migrate` executes for the migration, in order; needs no database. A text that `migrate`
/// would refuse is refused.
///
/// What depends on the database that it runs against stands in a comment.
pub fn sqlmigrate(
    project: &Project,
    app: &AppLabel,
    prefix: &str,
    database: &Database,
    direction: Direction,
) -> Result<Vec<String>> {
    project.whole().known_apps(std::slice::from_ref(app))?;
    let directory = project.directory()?;
    directory.lives_here(app)?;
    let reference = directory.resolve(app, prefix)?;
    let migration = directory.get(&reference)?;
    let section = reviewed(&directory, migration, database.engine).map_err(Error::invalid)?;
    if !holds(migration, section, &directory.state_before(&reference)?) {
        return Err(Error::invalid(stale(&directory, migration)));
    }
    let steps = match direction {
        Direction::Forward => &section.up,
        Direction::Backward => {
            section.down.as_ref().ok_or_else(|| Error::invalid(no_way_back(&directory, migration)))?
        }
    };
    Ok(script(database, steps, migration.atomic))
}
