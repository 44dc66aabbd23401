//! `migrate --init`: everything that a new project lacks.

use super::make::{MakeOptions, MakeReport, makemigrations};
use super::project::Project;
use crate::error::Result;

/// Writes the first migration of every app that has none; an app that has one is left alone.
///
/// The database is then brought up by [`super::migrate`], which makes it where it is missing.
pub fn init(project: &Project) -> Result<MakeReport> {
    let leaves = project.previous()?.past.leaves;
    let apps: Vec<_> =
        project.apps.iter().map(|app| app.label.clone()).filter(|app| !leaves.contains_key(app)).collect();
    if apps.is_empty() {
        return Ok(MakeReport::default());
    }
    makemigrations(project, &MakeOptions { apps, ..MakeOptions::default() })
}
