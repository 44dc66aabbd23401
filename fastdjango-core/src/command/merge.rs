//! `makemigrations --merge`: branches of an app one behind the other, or tied together, where their order makes no difference.

use std::collections::{BTreeMap, BTreeSet};

use super::directory::Directory;
use super::files;
use super::make::{Made, check_name, number};
use super::project::Project;
use super::render::section;
use super::reviewed::holds;
use super::rewrite;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, Result};
use crate::field::Engine;
use crate::migration::{Migration, Rebase, SqlSection, advance, rebase, set_order, set_sql, several_heads, write};
use crate::name::{AppLabel, MigrationName, MigrationRef};
use crate::state::ProjectState;

/// How to merge.
#[derive(Clone, Debug, Default)]
pub struct MergeOptions {
    /// Only these apps; all of them where there is none.
    pub apps: Vec<AppLabel>,
    /// The name of a merge migration, without the number.
    pub name: Option<String>,
    /// What becomes of the branches.
    pub how: MergeHow,
    /// Write nothing.
    pub dry_run: bool,
}

/// What becomes of branches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MergeHow {
    /// One goes behind the other, under the next numbers.
    #[default]
    Rebase,
    /// Both stay, and a migration without operations comes after both.
    Migration,
}

/// A file that merging writes.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The migration, and its file.
    pub made: Made,
    /// What it waits for that it did not wait for before.
    pub behind: Vec<MigrationRef>,
    /// The engines for which its SQL is rendered again, since it finds other tables than before.
    pub rendered: Vec<Engine>,
}

/// Puts the branches of apps that have several last migrations into one line, and writes the files that change by it.
///
/// Refused where the order of two branches makes a difference: a database may have either. Nothing is written then.
pub fn merge(project: &Project, options: &MergeOptions) -> Result<Vec<Merged>> {
    let project = project.whole();
    project.known_apps(&options.apps)?;
    if let (MergeHow::Rebase, Some(name)) = (options.how, &options.name) {
        let message =
            format!("`{name}` would be the name of nothing: the branches keep their names, with other numbers");
        let refused = Diagnostic::error("E308", message).help("`--merge=migration --name NAME` makes one after both");
        return Err(Error::invalid(refused));
    }
    let directory = Directory::with_conflicts(&files::load(&project.apps)?)?;
    none_left_over(&directory, &options.apps)?;
    let migrations: Vec<Migration> = directory.migrations.values().cloned().collect();
    let rebased = rebase(&migrations, &options.apps).map_err(Error::invalid)?;
    commuting(&directory, &rebased)?;
    let merged = match options.how {
        MergeHow::Rebase => behind(project, &directory, rebased)?,
        MergeHow::Migration => tied(project, &directory, options)?,
    };
    if !options.dry_run && !merged.is_empty() {
        let made: Vec<Made> = merged.iter().map(|merged| merged.made.clone()).collect();
        rewrite::write_files(&directory, &made)?;
        project.refresh_snapshots()?;
    }
    Ok(merged)
}

/// Refuses to merge one app while another has branches too: what they leave is no state that a snapshot or any SQL could be of.
fn none_left_over(directory: &Directory, apps: &[AppLabel]) -> Result<()> {
    let conflicts = directory.graph.conflicts();
    let left = conflicts.iter().filter(|(app, _)| !apps.is_empty() && !apps.contains(app));
    let faults = left.map(|(app, heads)| {
        several_heads(app, heads, &|by, name| directory.naming(by, name))
            .note("nothing was written")
            .help("without the name of an app, all of them are merged")
    });
    let faults = Diagnostics(faults.collect());
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}

fn commuting(directory: &Directory, rebased: &Rebase) -> Result<()> {
    let faults = rebased.clashes.iter().map(|clash| {
        let place = directory.migrations.get(&clash.second).and_then(|second| directory.location(second));
        clash.diagnostic().at_opt(place).note("nothing was written")
    });
    let faults = Diagnostics(faults.collect());
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}

/// The files that change where one branch goes behind the other.
fn behind(project: &Project, directory: &Directory, rebased: Rebase) -> Result<Vec<Merged>> {
    let next = directory.with(rebased.migrations)?;
    let mut state = ProjectState::default();
    let (mut merged, mut refused) = (Vec::new(), Diagnostics::default());
    for reference in next.graph.order() {
        let migration = next.get(&reference)?;
        let was = rebased.was.get(&reference).unwrap_or(&reference);
        let moved = Moved { project, directory, was: directory.get(was)?, migration, before: &state };
        match moved.file() {
            Ok(file) => merged.extend(file),
            Err(fault) => refused.extend(fault.diagnostics().clone()),
        }
        advance(&mut state, [migration])?;
    }
    if refused.is_empty() { Ok(merged) } else { Err(Error::invalid(refused)) }
}

/// A migration that stands elsewhere in the order than it did.
struct Moved<'a> {
    project: &'a Project,
    directory: &'a Directory,
    was: &'a Migration,
    migration: &'a Migration,
    before: &'a ProjectState,
}

impl Moved<'_> {
    /// Its file, where anything in it changes: names at its head, or SQL that is rendered from other tables now.
    fn file(&self) -> Result<Option<Merged>> {
        let was = self.was.reference();
        let old = self.directory.texts.get(&was).cloned().unwrap_or_default();
        let mut migration = self.migration.clone();
        let mut text = set_order(&old, &migration).map_err(Error::invalid)?;
        let mut rendered = Vec::new();
        for (engine, old) in &self.was.sql {
            if holds(&migration, old, self.before) || !self.held(old)? {
                continue;
            }
            if let Some(why) = &old.edited {
                return Err(Error::invalid(self.edited(why)));
            }
            let fresh = section(self.project, &migration, self.before, *engine)?;
            text = set_sql(&text, *engine, &fresh).map_err(Error::invalid)?;
            migration.sql.insert(*engine, fresh);
            rendered.push(*engine);
        }
        if text == old && was == migration.reference() {
            return Ok(None);
        }
        let path = self.project.app_to_write(&migration.app)?.migration(&migration.name);
        let known = |other: &&MigrationRef| !self.was.dependencies.contains(other);
        let behind = migration.dependencies.iter().filter(known).cloned().collect();
        Ok(Some(Merged { made: Made { migration, path, text, was: Some(was) }, behind, rendered }))
    }

    /// True where the text was that of its operations before; one that was stale already stays for `render` to tell.
    fn held(&self, section: &SqlSection) -> Result<bool> {
        let was = self.was.reference();
        let mut before = self.directory.graph.forwards(&BTreeSet::from([was.clone()]), &BTreeSet::new());
        before.retain(|other| *other != was);
        let before: BTreeSet<MigrationRef> = before.into_iter().collect();
        Ok(holds(self.was, section, &self.directory.state_of(|other| before.contains(other))?))
    }

    fn edited(&self, why: &str) -> Diagnostic {
        let name = self.was.reference();
        Diagnostic::error("E272", format!("the SQL of `{name}` was edited by hand, and cannot be rendered again"))
            .at_opt(self.directory.location(self.was))
            .note(format!("it says why: {why}"))
            .note("behind the other branch it finds other tables than it was written for")
            .note("nothing was written")
            .help("give it the next number and `formerly` by hand, name the other branch in its `dependencies`, and edit its SQL for that")
    }
}

/// A migration after all branches of each app; refused where they touch one table, since their order would be chance.
fn tied(project: &Project, directory: &Directory, options: &MergeOptions) -> Result<Vec<Merged>> {
    let mut migrations = directory.migrations.clone();
    let mut ties = BTreeMap::new();
    let conflicts = directory.graph.conflicts();
    for (app, heads) in conflicts.iter().filter(|(app, _)| options.apps.is_empty() || options.apps.contains(app)) {
        let mut tie = Migration::new(app.clone(), tie_name(heads, options.name.as_deref())?, Vec::new());
        tie.dependencies = heads.iter().map(|head| MigrationRef::new(app.clone(), head.clone())).collect();
        ties.insert(tie.reference(), tie.clone());
        migrations.insert(tie.reference(), tie);
    }
    let next = directory.with(migrations)?;
    let mut merged = Vec::new();
    for mut tie in ties.into_values() {
        let state = next.state_before(&tie.reference())?;
        for engine in project.render_engines() {
            tie.sql.insert(engine, section(project, &tie, &state, engine)?);
        }
        let path = project.app_to_write(&tie.app)?.migration(&tie.name);
        let behind = tie.dependencies.clone();
        let made = Made { text: write(&tie), path, migration: tie, was: None };
        merged.push(Merged { made, behind, rendered: Vec::new() });
    }
    Ok(merged)
}

/// `0003_merge_0002_a_0002_b`, or the name that was asked for.
fn tie_name(heads: &[MigrationName], name: Option<&str>) -> Result<String> {
    let next = heads.iter().map(number).max().unwrap_or(0) + 1;
    if let Some(name) = name {
        check_name(name)?;
        return Ok(format!("{next:04}_{name}"));
    }
    let heads: Vec<&str> = heads.iter().map(MigrationName::as_str).collect();
    Ok(crate::name::shorten(&format!("{next:04}_merge_{}", heads.join("_")), 60))
}
