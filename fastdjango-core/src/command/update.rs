//! `makemigrations --update`: what changed goes into the last migration of each app, which nobody has applied yet.

use std::collections::{BTreeMap, BTreeSet};

use super::directory::Directory;
use super::make::{MakeOptions, MakeReport, split};
use super::project::Project;
use super::rewrite::{self, Rewritten};
use super::unapplied::{lost_comments, refusals};
use crate::backend::History;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, Result};
use crate::migration::Migration;
use crate::name::{AppLabel, MigrationName, MigrationRef};
use crate::operation::{Operation, optimize, suggest_name};

/// Folds the first new migration of each app into the app's last one; those that have to stand alone stay new.
pub(super) fn update(
    project: &Project,
    options: &MakeOptions,
    history: &History,
    fresh: Vec<Migration>,
    mut warnings: Diagnostics,
) -> Result<MakeReport> {
    for migration in &fresh {
        project.lives_here(&migration.app)?;
    }
    let project = project.whole();
    let directory = project.directory()?;
    let last = updatable(&directory, history, &fresh)?;
    warnings.extend(Diagnostics(last.values().filter_map(|last| lost_comments(&directory, last)).collect()));
    let made = rewrite::render(project, &directory, folded(&last, fresh, options.name.as_deref()))?;
    if !options.dry_run {
        rewrite::write_files(&directory, &made)?;
        project.refresh_snapshots()?;
    }
    Ok(MakeReport { made, warnings, ..MakeReport::default() })
}

/// The last migration of each app that has something new, as far as it has one; refuses those that somebody has, or that others
/// come after, and a run in which there is none.
fn updatable<'a>(
    directory: &'a Directory,
    history: &History,
    fresh: &[Migration],
) -> Result<BTreeMap<AppLabel, &'a Migration>> {
    let (mut last, mut refused) = (BTreeMap::new(), Diagnostics::default());
    let leaves = directory.graph.leaves();
    for app in fresh.iter().map(|migration| &migration.app).collect::<BTreeSet<_>>() {
        let Some(name) = leaves.get(app) else { continue };
        let migration = directory.get(&MigrationRef::new(app.clone(), name.clone()))?;
        refused.extend(refusals(directory, history, migration));
        refused.extend(Diagnostics(followed(directory, migration).into_iter().collect()));
        last.insert(app.clone(), migration);
    }
    if let (true, Some(first)) = (last.is_empty(), fresh.first()) {
        let message = format!("app `{}` has no migration that could be updated", first.app);
        refused.push(Diagnostic::error("E323", message).help("run `makemigrations` without `--update`"));
    }
    if refused.is_empty() { Ok(last) } else { Err(Error::invalid(refused)) }
}

/// Refuses a migration that others come after: they were written for what it leaves now.
fn followed(directory: &Directory, migration: &Migration) -> Option<Diagnostic> {
    let reference = migration.reference();
    let later = directory.graph.order().into_iter().find(|other| directory.graph.precedes(&reference, other))?;
    let message = format!("`{reference}` cannot be updated: `{later}` comes after it");
    let error = Diagnostic::error("E322", message).at_opt(directory.location(migration)).note("nothing was written");
    Some(error.help("run `makemigrations` without `--update`"))
}

fn folded(last: &BTreeMap<AppLabel, &Migration>, fresh: Vec<Migration>, name: Option<&str>) -> Rewritten {
    let mut renamed: BTreeMap<MigrationRef, MigrationRef> = BTreeMap::new();
    let mut gone: BTreeMap<AppLabel, u64> = BTreeMap::new();
    let mut asked = BTreeSet::new();
    let mut rewritten = Rewritten::new();
    for mut migration in fresh {
        let own = migration.reference();
        let target = last.get(&migration.app).filter(|_| asked.insert(migration.app.clone()));
        if let Some(merged) = target.and_then(|last| merged(last, &migration, name)) {
            let old = target.map(|last| last.reference());
            *gone.entry(migration.app.clone()).or_default() += 1;
            renamed.insert(own, merged.reference());
            renamed.extend(old.clone().map(|old| (old, merged.reference())));
            rewritten.push((merged, old));
        } else {
            let earlier = gone.get(&migration.app).copied().unwrap_or(0);
            migration.name = lowered(&migration.name, earlier);
            renamed.insert(own, migration.reference());
            rewritten.push((migration, None));
        }
    }
    for (migration, _) in &mut rewritten {
        let own = migration.reference();
        let new = |old: &MigrationRef| renamed.get(old).unwrap_or(old).clone();
        let dependencies: BTreeSet<MigrationRef> = migration.dependencies.iter().map(new).collect();
        migration.dependencies = dependencies.into_iter().filter(|other| *other != own).collect();
    }
    rewritten
}

/// The last migration with what is new; none where one part needs a migration without the other's transaction.
fn merged(last: &Migration, new: &Migration, name: Option<&str>) -> Option<Migration> {
    let operations = optimize(&last.app, [last.operations.clone(), new.operations.clone()].concat());
    let apart = operations.iter().filter(|operation| is_concurrent(operation)).count();
    if apart > 0 && apart < operations.len() {
        return None;
    }
    let (number, words) = split(&last.name);
    let words = match name {
        Some(name) => name.to_owned(),
        // A name that somebody chose says more than any that could be suggested.
        None if words == suggest_name(&last.operations) => suggest_name(&operations),
        None => words.to_owned(),
    };
    let dependencies = [last.dependencies.clone(), new.dependencies.clone()].concat();
    Some(Migration { name: format!("{number}{words}").into(), dependencies, operations, ..last.clone() })
}

fn is_concurrent(operation: &Operation) -> bool {
    matches!(operation, Operation::AddIndex { index, .. } | Operation::RemoveIndex { index, .. } if index.concurrently)
}

/// The name with a number that is so much lower.
fn lowered(old: &MigrationName, by: u64) -> MigrationName {
    let (number, words) = split(old);
    let digits = number.trim_end_matches('_');
    let number = digits.parse::<u64>().map_or_else(|_| digits.to_owned(), |n| format!("{:04}", n.saturating_sub(by)));
    format!("{number}_{words}").into()
}
