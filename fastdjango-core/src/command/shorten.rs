//! `optimizemigration`: the same migration with fewer operations, where nobody has applied it yet.

use super::directory::Directory;
use super::make::Made;
use super::project::Project;
use super::rewrite;
use super::unapplied::{lost_comments, refusals};
use crate::backend::History;
use crate::diagnostic::Diagnostics;
use crate::error::{Error, Result};
use crate::migration::Migration;
use crate::name::{AppLabel, MigrationRef};
use crate::operation::optimize;
use crate::pair::Pair;
use crate::planner;

/// What `optimizemigration` found, and wrote unless it was only to look.
#[derive(Clone, Debug)]
pub struct OptimizeReport {
    /// The migration.
    pub migration: MigrationRef,
    /// How many operations it had, and has.
    pub operations: Pair<usize>,
    /// The file as it is now, or would be; none where it could not be shorter.
    pub made: Option<Made>,
    /// Migrations after it whose SQL has to be rendered again.
    pub to_render: Vec<MigrationRef>,
    /// What somebody should know.
    pub warnings: Diagnostics,
}

/// Shortens the migration of the app that `name` is the beginning of. Without a history it looks, and writes nothing.
///
/// Where not every app lives in every database, a history comes with the project of its database: [`Project::on`].
pub fn optimizemigration(
    project: &Project,
    app: &AppLabel,
    name: &str,
    history: Option<&History>,
) -> Result<OptimizeReport> {
    if history.is_some() {
        project.lives_here(app)?;
    }
    let project = project.whole();
    project.app_to_write(app)?;
    let directory = project.directory()?;
    let reference = directory.resolve(app, name)?;
    let migration = directory.get(&reference)?;
    let operations = optimize(app, migration.operations.clone());
    let mut report = OptimizeReport {
        operations: Pair::new(migration.operations.len(), operations.len()),
        migration: reference.clone(),
        made: None,
        to_render: Vec::new(),
        warnings: Diagnostics::default(),
    };
    if operations == migration.operations {
        return Ok(report);
    }
    let refused = history.map(|history| refusals(&directory, history, migration)).unwrap_or_default();
    if !refused.is_empty() {
        return Err(Error::invalid(refused));
    }
    let shorter = Migration { operations, ..migration.clone() };
    report.to_render = outdated(&directory, &shorter)?;
    report.warnings.extend(Diagnostics(lost_comments(&directory, migration).into_iter().collect()));
    let made = rewrite::render(project, &directory, vec![(shorter, Some(reference))])?;
    if history.is_some() {
        rewrite::write_files(&directory, &made)?;
        project.refresh_snapshots()?;
    }
    report.made = made.into_iter().next();
    Ok(report)
}

/// The migrations after it whose SQL was rendered from another state than they would find: fields may stand in another order.
fn outdated(directory: &Directory, shorter: &Migration) -> Result<Vec<MigrationRef>> {
    let reference = shorter.reference();
    let mut states = Pair::new(directory.state_before(&reference)?, directory.state_before(&reference)?);
    let mut found = Vec::new();
    for other in directory.graph.order().iter().skip_while(|other| **other != reference) {
        let migration = directory.get(other)?;
        let hash = |state| planner::input_hash(&migration.app, &migration.operations, state);
        if *other != reference && !migration.sql.is_empty() && hash(&states.previous) != hash(&states.next) {
            found.push(other.clone());
        }
        let next = if *other == reference { shorter } else { migration };
        crate::migration::advance(&mut states.previous, [migration])?;
        crate::migration::advance(&mut states.next, [next])?;
    }
    Ok(found)
}
