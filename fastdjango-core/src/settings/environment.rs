//! The default database, out of the environment.

use std::path::Path;

use super::{Database, Env, url};
use crate::diagnostic::Diagnostic;

const URL: &str = "DATABASE_URL";
const MIGRATION_URL: &str = "DATABASE_MIGRATION_URL";

/// The database of `DATABASE_URL`, where that is set.
pub(super) fn database(project_dir: &Path, env: Env<'_>) -> Result<Option<Database>, Diagnostic> {
    let Some(text) = set(env, URL) else { return Ok(None) };
    Ok(Some(url::read(&format!("`{URL}`"), &text)?.resolved(project_dir)))
}

/// Adds where migrations connect instead, where `DATABASE_MIGRATION_URL` says it.
pub(super) fn past_a_pooler(database: &mut Database, project_dir: &Path, env: Env<'_>) -> Result<(), Diagnostic> {
    if let Some(text) = set(env, MIGRATION_URL) {
        database.direct(url::read_direct(&format!("`{MIGRATION_URL}`"), &text, database.engine)?.resolved(project_dir));
    }
    Ok(())
}

fn set(env: Env<'_>, name: &str) -> Option<String> {
    env(name).filter(|text| !text.is_empty())
}
