//! `migrate`: from what a database has to what it should have.

use std::path::PathBuf;

use super::directory::Directory;
use super::files::{self, AppDir};
use super::history::reconcile;
use super::loss::{Loss, losses};
use super::plan::{Direction, Planned, Target, plan};
use super::project::Project;
use super::replaced::parts;
use super::resume::{Resume, none_of_them_in_the_middle};
use super::settled::settled;
use super::{current, functions, route};
use crate::backend::{Connection, Event, History, Outcome, Progress, Record, RunOptions, Unit};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, ErrorKind, Result};
use crate::migration::{Migration, Step};
use crate::name::MigrationRef;

/// How to migrate.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own, given by name")]
pub struct MigrateOptions {
    /// Where to.
    pub target: Target,
    /// Record only, and run nothing.
    pub fake: bool,
    /// Record the first migration of an app, and do not run it, where its tables are there just as it makes them.
    #[cfg(feature = "render")]
    pub fake_initial: bool,
    /// Return the plan, and run nothing.
    pub plan_only: bool,
    /// What a rollback destroys was shown, and may go.
    pub allow_loss: bool,
    /// SQL that is rendered anew for this database ([`Planned::rerendered`]) was shown, and may run.
    pub allow_rerendered: bool,
    /// Copy the database here before anything runs.
    pub backup: Option<PathBuf>,
    /// End the migration that stands in the middle of its steps, and begin no other.
    pub resume: Option<Resume>,
    /// How the run waits, and how it is stopped.
    pub run: RunOptions,
}

/// What a migration did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// The migration.
    pub migration: MigrationRef,
    /// Applied or undone.
    pub direction: Direction,
    /// How it ended.
    pub outcome: Outcome,
}

/// What `migrate` did, or would do.
#[derive(Clone, Debug, Default)]
pub struct MigrateReport {
    /// What there was to do, in order.
    pub plan: Vec<Planned>,
    /// What was done; empty where only the plan was wanted.
    pub ran: Vec<Ran>,
    /// What a rollback destroys.
    pub losses: Vec<Loss>,
    /// What somebody should know.
    pub warnings: Diagnostics,
}

/// Something that happens during a run.
#[derive(Clone, Debug)]
pub enum Notice {
    /// A migration begins.
    Started(MigrationRef, Direction),
    /// A step of it goes on.
    Progress(Progress),
    /// It ended well.
    Finished(Ran),
}

/// Brings the database to the target: the newest migrations, a migration by name, or none of an app.
///
/// Every migration is checked before the first runs: its file against the history, its SQL against its operations and the
/// state that this database has. So a refusal leaves the database as it was.
///
/// Where not every app lives in every database, the project is that of the connection's database: [`Project::on`].
pub async fn migrate(
    project: &Project,
    connection: &mut Connection,
    options: &MigrateOptions,
    notice: &mut (dyn FnMut(Notice) + Send),
) -> Result<MigrateReport> {
    if let Some(resume) = options.resume {
        return super::resume::resume(project, connection, &options.run, resume, notice).await;
    }
    route::check_relations(project)?;
    let loaded = project.load()?;
    if options.target == Target::Latest
        && let Some(warnings) = settled(project, &loaded, connection).await?
    {
        return Ok(MigrateReport { warnings, ..MigrateReport::default() });
    }
    migrate_files(project, &project.directory_of(&loaded)?, connection, options, notice).await
}

/// The same with files that were read before, and ends no migration that stands in the middle.
pub(super) async fn migrate_files(
    project: &Project,
    files: &Directory,
    connection: &mut Connection,
    options: &MigrateOptions,
    notice: &mut (dyn FnMut(Notice) + Send),
) -> Result<MigrateReport> {
    let (history, aside) = current::current(project, files, connection, options).await?;
    let directory = files.seen_by(&history)?;
    let mut reconciled = reconcile(&directory, &history)?;
    reconciled.warnings.extend(aside.warnings);
    if reconciled.from_the_future() {
        if !matches!(options.target, Target::Latest | Target::App(_)) {
            return Err(Error::new(ErrorKind::Failed, ahead(&reconciled.future)));
        }
        return Ok(MigrateReport { warnings: reconciled.warnings, ..MigrateReport::default() });
    }
    let bare = without_migrations(project, &directory, &options.target)?;
    let version = connection.version().await?;
    let mut plan = plan(&directory, &history, &options.target, connection.engine(), &version)?;
    if !options.fake {
        functions::find(project, &directory, &history, &mut plan)?;
    }
    #[cfg(feature = "render")]
    if options.fake_initial && !options.fake {
        super::initial::find(project, &directory, &history, &mut plan, connection).await?;
    }
    let losses = losses(&directory, &history, &plan, connection).await?;
    let mut report = MigrateReport { plan, ran: Vec::new(), losses, warnings: reconciled.warnings };
    report.warnings.extend(bare);
    if options.plan_only || report.plan.is_empty() {
        return Ok(report);
    }
    confirm(&report.losses, options)?;
    confirm_rerendered(&report.plan, options)?;
    if let Some(path) = &options.backup {
        connection.backup(path).await?;
    }
    let undone = report.plan.iter().filter(|planned| planned.direction == Direction::Backward);
    let undone = undone.filter_map(|planned| directory.migrations.get(&planned.migration));
    if !parts(&history, undone.clone()).is_empty() {
        let undone: Vec<Migration> = undone.cloned().collect();
        connection.record(&options.run, move |history| parts(history, undone.iter())).await?;
    }
    if options.fake {
        report.ran = fake(connection, &report.plan, &options.run).await?;
    } else {
        report.ran = run(connection, &report.plan, &options.run, notice).await?;
        report.warnings.extend(Diagnostics(report.plan.iter().filter_map(Planned::ran_rerendered).collect()));
    }
    // Who had a part of a squash has all of it by now.
    current::current(project, files, connection, options).await?;
    Ok(report)
}

/// Undoes the last `count` migrations that were applied, of one app or of all.
pub async fn rollback(
    project: &Project,
    connection: &mut Connection,
    count: usize,
    options: &MigrateOptions,
    notice: &mut (dyn FnMut(Notice) + Send),
) -> Result<MigrateReport> {
    let app = match &options.target {
        Target::App(app) => Some(app.clone()),
        _ => None,
    };
    let options = MigrateOptions { target: Target::Last { count, app }, ..options.clone() };
    migrate(project, connection, &options, notice).await
}

/// Warns of apps that have models and no migration; refuses to say that all is well where that is every app.
pub(super) fn without_migrations(project: &Project, directory: &Directory, target: &Target) -> Result<Diagnostics> {
    if *target != Target::Latest {
        return Ok(Diagnostics::default());
    }
    if directory.is_empty() && !project.apps.is_empty() {
        let none = Diagnostic::error("E605", "no app has a migration");
        let none = project.apps.iter().fold(none, |none, app| match app.brings_none() {
            Some([why, help]) if none.helps.contains(&help) => none.note(why),
            Some([why, help]) => none.note(why).help(help),
            None => none.note(format!("looked for those of `{}` in `{}`", app.label, files::shown(&app.folder()))),
        });
        let none = none.note("nothing was run");
        let writes = project.apps.iter().any(AppDir::is_source);
        return Err(Error::invalid(if writes { none.help("run `makemigrations` first") } else { none }));
    }
    let leaves = directory.graph.leaves();
    let bare = project.apps.iter().filter(|app| !leaves.contains_key(&app.label)).map(|app| {
        let bare = Diagnostic::warning("W605", format!("app `{}` has models and no migration", app.label));
        match app.brings_none() {
            Some([why, help]) => bare.note(why).help(help),
            None => bare.help(format!("run `makemigrations {}`", app.label)),
        }
    });
    Ok(Diagnostics(bare.collect()))
}

/// Going forwards there is nothing to do; going anywhere else needs the files of what is applied.
fn ahead(future: &[MigrationRef]) -> Diagnostic {
    let names: Vec<String> = future.iter().map(|reference| format!("`{reference}`")).collect();
    let is = if names.len() == 1 { "is" } else { "are" };
    let message = format!("{} {is} applied, and not among the files here: nothing can be undone", names.join(", "));
    Diagnostic::error("E604", message)
        .note("what was applied last is undone first, and its way back is in its file")
        .note("nothing was run")
        .help("roll back with the version of the program that has these files")
}

/// A rollback that destroys nothing needs no word.
fn confirm(losses: &[Loss], options: &MigrateOptions) -> Result<()> {
    if losses.is_empty() || options.allow_loss || options.fake {
        return Ok(());
    }
    let mut diagnostic = Diagnostic::error("E610", "the rollback destroys data, and nobody confirmed it");
    for loss in losses {
        diagnostic = diagnostic.note(loss.to_string());
    }
    let diagnostic =
        diagnostic.note("nothing was run").help("to go on: add `--yes`, and `--backup FILE` to keep a copy");
    Err(Error::new(ErrorKind::Unanswered, diagnostic))
}

/// What nobody reviewed in the file is looked at now, or does not run.
fn confirm_rerendered(plan: &[Planned], options: &MigrateOptions) -> Result<()> {
    if options.allow_rerendered || options.fake {
        return Ok(());
    }
    let unseen = Diagnostics(plan.iter().filter_map(Planned::unreviewed).collect());
    if unseen.is_empty() { Ok(()) } else { Err(Error::new(ErrorKind::Unanswered, unseen)) }
}

impl Planned {
    /// That what ran is not what stands in the file.
    fn ran_rerendered(&self) -> Option<Diagnostic> {
        let message = format!("`{}` ran with SQL that was rendered for this database", self.migration);
        Some(Diagnostic::warning("W613", message).note(self.rerendered.as_ref()?).note("its history says so too"))
    }

    /// What there is to confirm, with the statements: SQL that is not the file's.
    fn unreviewed(&self) -> Option<Diagnostic> {
        let reason = self.rerendered.as_ref()?;
        let message = format!("the SQL of `{}` is rendered for this database, and nobody reviewed it", self.migration);
        let mut diagnostic = Diagnostic::error("E613", message).note(reason);
        for step in &self.steps {
            let text = match step {
                Step::Rust { .. } => vec![step.text()],
                step => step.statements().into_iter().map(str::to_owned).collect(),
            };
            diagnostic = text.into_iter().fold(diagnostic, Diagnostic::note);
        }
        Some(diagnostic.note("nothing was run").help("to run these statements: add `--yes`"))
    }
}

async fn run(
    connection: &mut Connection,
    plan: &[Planned],
    options: &RunOptions,
    notice: &mut (dyn FnMut(Notice) + Send),
) -> Result<Vec<Ran>> {
    let mut ran = Vec::with_capacity(plan.len());
    for planned in plan {
        if options.interrupt.requested() {
            return Err(stopped(planned, &ran));
        }
        notice(Notice::Started(planned.migration.clone(), planned.direction));
        if let Some(note) = &planned.faked {
            let done = record(connection, planned, note, options).await?;
            notice(Notice::Finished(done.clone()));
            ran.push(done);
            continue;
        }
        let unit = Unit {
            migration: planned.migration.clone(),
            checksum: &planned.checksum,
            text_hash: &planned.text_hash,
            steps: &planned.steps,
            functions: &planned.functions,
            declared: &planned.declared,
            direction: planned.direction,
            requires: &planned.requires,
            excludes: &planned.excludes,
            atomic: planned.atomic,
            note: &planned.note,
        };
        let outcome = connection.run(&unit, options, &mut |progress| notice(Notice::Progress(progress))).await?;
        let done = Ran { migration: planned.migration.clone(), direction: planned.direction, outcome };
        notice(Notice::Finished(done.clone()));
        ran.push(done);
    }
    Ok(ran)
}

/// Records what is there already; another process may have done so meanwhile.
async fn record(connection: &mut Connection, planned: &Planned, note: &str, options: &RunOptions) -> Result<Ran> {
    let record = Record { note: note.to_owned(), ..faked(planned) };
    let written = connection.record(options, move |history| still_due(history, vec![record])).await?;
    none_of_them_in_the_middle(&connection.history().await?, [&planned.migration])?;
    let outcome = if written.is_empty() { Outcome::AlreadyDone } else { Outcome::Recorded };
    Ok(Ran { migration: planned.migration.clone(), direction: planned.direction, outcome })
}

fn stopped(next: &Planned, ran: &[Ran]) -> Error {
    let diagnostic = Diagnostic::error("E611", format!("stopped before `{}`", next.migration))
        .note(format!("{} of this run are complete, and recorded", ran.len()))
        .help("run `migrate` again to go on from here");
    Error::new(ErrorKind::Interrupted, diagnostic)
}

async fn fake(connection: &mut Connection, plan: &[Planned], options: &RunOptions) -> Result<Vec<Ran>> {
    let records: Vec<Record> = plan.iter().map(faked).collect();
    connection.record(options, move |history| still_due(history, records)).await?;
    none_of_them_in_the_middle(&connection.history().await?, plan.iter().map(|planned| &planned.migration))?;
    Ok(plan
        .iter()
        .map(|planned| Ran {
            migration: planned.migration.clone(),
            direction: planned.direction,
            outcome: Outcome::Recorded,
        })
        .collect())
}

fn faked(planned: &Planned) -> Record {
    let (event, note) = match planned.direction {
        Direction::Forward => (Event::Faked, "recorded by --fake; nothing ran"),
        Direction::Backward => (Event::Reverted, "recorded by --fake; nothing ran"),
    };
    Record {
        migration: planned.migration.clone(),
        event,
        checksum: planned.checksum.clone(),
        text_hash: String::new(),
        note: note.to_owned(),
    }
}

/// Another migrator may have recorded the same meanwhile; or it stopped in the middle of one, and then none is recorded.
pub(super) fn still_due(history: &History, records: Vec<Record>) -> Vec<Record> {
    if none_of_them_in_the_middle(history, records.iter().map(|record| &record.migration)).is_err() {
        return Vec::new();
    }
    let applied = history.applied();
    let is_due = |record: &Record| applied.contains_key(&record.migration) != (record.event == Event::Faked);
    records.into_iter().filter(is_due).collect()
}

impl Project {
    /// The migrations that a database lacks, in order; empty where it has them all. Reads only.
    pub async fn pending(&self, connection: &mut Connection) -> Result<Vec<MigrationRef>> {
        let loaded = self.load()?;
        if settled(self, &loaded, connection).await?.is_some() {
            return Ok(Vec::new());
        }
        let files = self.directory_of(&loaded)?;
        let (mut history, _) = self.history(connection).await?;
        current::pretend(&files, &mut history);
        let (directory, applied) = (files.seen_by(&history)?, history.applied());
        let order = directory.graph.order().into_iter();
        Ok(order.filter(|migration| !applied.contains_key(migration)).collect())
    }
}
