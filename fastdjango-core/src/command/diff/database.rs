//! A database as a side of a comparison: its tables as models.

use std::collections::BTreeSet;
use std::path::Path;

use super::super::connect::open;
use super::super::project::Project;
use super::super::route::check_relations;
use super::source::{DatabaseName, Side};
use crate::backend::Access;
use crate::dialect;
use crate::error::{Error, Result};
use crate::field::{Engine, Version};
use crate::name::{AppLabel, ModelRef};
use crate::schema::{Raised, lower, lower_all, raise};
use crate::settings::Database;
use crate::state::ProjectState;

/// What a table belongs to that begins with the name of no app.
const APP: &str = "db";

/// Reads a database, without writing to it. What `guide` has of it is called and worded as there.
///
/// # Errors
/// Where it cannot be asked, and on `PostgreSQL` where only a session that may make temporary tables can compare two wordings.
pub async fn read_database(name: &DatabaseName, project: Option<&Project>, guide: &Side<'_>) -> Result<Side<'static>> {
    project.map_or(Ok(()), check_relations)?;
    let guide = guide.previous()?.0;
    let database = database(name, project)?;
    let mut connection = open(&database, Access::Read).await?;
    let version = version(project, database.engine);
    let dialect = dialect::targeting(database.engine, version);
    let expected = lower_all(&guide).map_err(Error::invalid)?;
    let found = connection.found(&expected, &*dialect).await;
    connection.close().await?;
    let mut side = raised(&found?, &guide)?;
    if let (Side::Database { state, .. }, Some(project)) = (&mut side, project) {
        let elsewhere = elsewhere(project)?;
        state.models.retain(|_, model| !elsewhere.contains(&model.table));
    }
    Ok(side)
}

/// The tables of apps that live in other databases by now: what is left of them here is no business of this comparison.
fn elsewhere(project: &Project) -> Result<BTreeSet<String>> {
    let all = &project.whole().models;
    let models: BTreeSet<ModelRef> = all.models.keys().filter(|model| !project.is_here(&model.app)).cloned().collect();
    let lowered = lower(all, &models).map_err(Error::invalid)?;
    Ok(lowered.into_iter().map(|lowered| lowered.table.name).collect())
}

fn raised(found: &crate::schema::Found, guide: &ProjectState) -> Result<Side<'static>> {
    let Raised { state, left_out } = raise(found, guide, &AppLabel::new(APP)).map_err(Error::invalid)?;
    Ok(Side::Database { state: Box::new(state), left_out })
}

fn database(name: &DatabaseName, project: Option<&Project>) -> Result<Database> {
    match (name, project) {
        (DatabaseName::Url(url), _) => {
            let database = Database::from_url("this side", url, Path::new("")).map_err(Error::invalid)?;
            // What the settings name may come yet; a slip in a path would else be a database without tables.
            if let Some(file) = &database.file {
                std::fs::metadata(file).map_err(|error| super::source::unreadable(file, &error))?;
            }
            Ok(database)
        }
        (DatabaseName::Named(name), Some(project)) => project.database(name),
        (DatabaseName::Named(name), None) => Err(Error::invalid(super::source::no_settings(name))),
    }
}

/// The oldest server that the project speaks to, or the one that is meant where nobody says another.
#[must_use]
pub fn version(project: Option<&Project>, engine: Engine) -> Version {
    project.map_or(engine.targets().default, |project| project.settings.target(engine))
}
