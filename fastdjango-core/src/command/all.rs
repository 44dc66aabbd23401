//! `migrate --all`: the same migrations on many databases, several at once.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::{Id, JoinError, JoinSet};
use tracing::{Instrument, info_span};

use super::connect::open;
use super::databases::NamedDatabase;
use super::directory::Directory;
use super::migrate::{MigrateOptions, MigrateReport, Notice, migrate, migrate_files};
use super::project::Project;
use super::route::check_relations;
use crate::backend::Access;
use crate::diagnostic::Diagnostic;
use crate::error::{Error, ErrorKind, Result};
use crate::settings::Database;

/// Which databases, and how.
#[derive(Clone, Debug)]
pub struct AllOptions {
    /// The databases of this entry of the settings; every database of the settings where it is `None`.
    pub database: Option<String>,
    /// How many are worked on at once; on a server each takes one connection or two.
    pub jobs: usize,
    /// Begin no other once one has failed; those that were begun go on to their end.
    pub fail_fast: bool,
    /// How each is migrated. A backup would be the same file for all of them, so that only the first would be migrated.
    pub migrate: MigrateOptions,
}

impl Default for AllOptions {
    fn default() -> Self {
        Self { database: None, jobs: 8, fail_fast: false, migrate: MigrateOptions::default() }
    }
}

/// What became of all databases, in the order of the settings.
#[derive(Debug, Default)]
pub struct AllReport {
    /// One report a database.
    pub databases: Vec<OneReport>,
}

/// What became of one database.
#[derive(Debug)]
pub struct OneReport {
    /// What the settings call it; one of many is `ENTRY/NAME`.
    pub name: String,
    /// Where it is, as migrations connect to it.
    pub database: Database,
    /// What became of it.
    pub end: End,
}

/// How the work on one database ended.
#[derive(Debug)]
pub enum End {
    /// Well; where there was nothing to do, the report is empty.
    Done(MigrateReport),
    /// It was refused, or broke off: the next run goes on from there.
    Failed(Error),
    /// It was not begun, since another one failed or a signal came.
    NotBegun,
}

/// Something that happens during a run over many databases.
#[derive(Debug)]
pub enum AllNotice<'a> {
    /// These are the databases; told once, before the first is begun.
    Found(&'a [NamedDatabase]),
    /// The work on one of them begins.
    Begun(&'a NamedDatabase),
    /// It goes on.
    Went(&'a NamedDatabase, Notice),
    /// It ended.
    Ended(&'a OneReport),
}

impl AllReport {
    /// Those that failed.
    pub fn failed(&self) -> impl Iterator<Item = (&OneReport, &Error)> {
        self.databases.iter().filter_map(|one| match &one.end {
            End::Failed(error) => Some((one, error)),
            End::Done(_) | End::NotBegun => None,
        })
    }

    /// The worst failure: one that needs an operator before one that has a reason, that before one that waits for a word, and last
    /// those where it is enough to try again.
    #[must_use]
    pub fn worst(&self) -> Option<&Error> {
        self.failed().map(|(_, error)| error).max_by_key(|error| match error.kind() {
            ErrorKind::Interrupted => 4,
            ErrorKind::Unknown => 3,
            ErrorKind::Invalid | ErrorKind::Failed => 2,
            ErrorKind::Unanswered => 1,
            ErrorKind::Locked => 0,
        })
    }
}

/// Migrates every database of the settings, or of one entry, each as [`migrate`] does: by itself, under a lock of its own.
///
/// One that fails stops no other, and stands in the report. Each has its own history, so that a run that was broken off is gone on
/// with by the next.
///
/// # Errors
/// What is wrong before anything runs: the settings, the list of databases, the migration files.
pub async fn migrate_all(
    project: &Project,
    options: &AllOptions,
    notice: &mut (dyn FnMut(AllNotice<'_>) + Send),
) -> Result<AllReport> {
    let project = project.whole();
    check_relations(project)?;
    let databases = wanted(project, options)?;
    let files = Arc::new(project.directory()?);
    notice(AllNotice::Found(&databases));
    let mut crew = Crew::new(project, files, options);
    let mut ends: Vec<Option<End>> = databases.iter().map(|_| None).collect();
    let mut waiting = databases.iter().enumerate();
    loop {
        while crew.has_room()
            && let Some((place, database)) = waiting.next()
        {
            notice(AllNotice::Begun(database));
            crew.begin(place, database);
        }
        let Some(news) = crew.news().await else { break };
        match news {
            News::Went(place, went) => notice(AllNotice::Went(&databases[place], went)),
            News::Ended(place, end) => {
                let report = one(&databases[place], end);
                notice(AllNotice::Ended(&report));
                ends[place] = Some(report.end);
            }
        }
    }
    let reports = databases.iter().zip(ends).map(|(database, end)| one(database, end.unwrap_or(End::NotBegun)));
    Ok(AllReport { databases: reports.collect() })
}

/// The databases of the settings or of the entry; where an app is asked for, those that it lives in.
fn wanted(project: &Project, options: &AllOptions) -> Result<Vec<NamedDatabase>> {
    let mut databases = project.databases(options.database.as_deref())?;
    let app = options.migrate.target.app().filter(|_| project.settings.is_routed());
    let Some(app) = app else { return Ok(databases) };
    project.known_apps(std::slice::from_ref(app))?;
    let lives = |named: &NamedDatabase| {
        let entry = project.settings.entry_of(&named.name);
        entry.is_some_and(|entry| project.settings.lives_in(app, entry))
    };
    if let (false, Some(first)) = (databases.iter().any(lives), databases.first()) {
        project.on(&first.name)?.lives_here(app)?;
    }
    databases.retain(lives);
    Ok(databases)
}

fn one(named: &NamedDatabase, end: End) -> OneReport {
    OneReport { name: named.name.clone(), database: named.database.clone(), end }
}

/// What is heard of a database, by its place in the list.
enum News {
    Went(usize, Notice),
    Ended(usize, End),
}

/// Those that work on databases right now.
struct Crew<'a> {
    project: Arc<Project>,
    files: Arc<Directory>,
    options: &'a AllOptions,
    tasks: JoinSet<Result<MigrateReport>>,
    places: BTreeMap<Id, usize>,
    tell: UnboundedSender<(usize, Notice)>,
    told: UnboundedReceiver<(usize, Notice)>,
    ended: Option<(usize, End)>,
    failed: bool,
}

impl<'a> Crew<'a> {
    fn new(project: &Project, files: Arc<Directory>, options: &'a AllOptions) -> Self {
        let (tell, told) = mpsc::unbounded_channel();
        let (tasks, places) = (JoinSet::new(), BTreeMap::new());
        Self {
            project: Arc::new(project.clone()),
            files,
            options,
            tasks,
            places,
            tell,
            told,
            ended: None,
            failed: false,
        }
    }

    /// True where another may be begun.
    fn has_room(&self) -> bool {
        let stopped = self.options.migrate.run.interrupt.requested() || (self.options.fail_fast && self.failed);
        !stopped && self.tasks.len() < self.options.jobs.max(1)
    }

    fn begin(&mut self, place: usize, named: &NamedDatabase) {
        let (project, files, tell) = (Arc::clone(&self.project), Arc::clone(&self.files), self.tell.clone());
        let (named, options) = (named.clone(), self.options.migrate.clone());
        let span = info_span!("database", name = named.name);
        let work = async move {
            let mut notice = |went| drop(tell.send((place, went)));
            work(&project, &files, &named, &options, &mut notice).await
        };
        // A task begins outside the span of whoever made it.
        let task = self.tasks.spawn(work.instrument(span));
        self.places.insert(task.id(), place);
    }

    /// What is heard next; `None` once nobody is at work. What went before an end is heard before it.
    async fn news(&mut self) -> Option<News> {
        if self.ended.is_none() && !self.tasks.is_empty() {
            tokio::select! {
                biased;
                Some((place, went)) = self.told.recv() => return Some(News::Went(place, went)),
                Some(ended) = self.tasks.join_next_with_id() => self.ended = self.end(ended),
            }
        }
        if let Ok((place, went)) = self.told.try_recv() {
            return Some(News::Went(place, went));
        }
        let (place, end) = self.ended.take()?;
        Some(News::Ended(place, end))
    }

    fn end(&mut self, ended: std::result::Result<(Id, Result<MigrateReport>), JoinError>) -> Option<(usize, End)> {
        let (id, end) = match ended {
            Ok((id, report)) => (id, report.map_or_else(End::Failed, End::Done)),
            Err(error) => (error.id(), End::Failed(broke_off(&error))),
        };
        self.failed |= matches!(end, End::Failed(_));
        Some((self.places.remove(&id)?, end))
    }
}

async fn work(
    project: &Project,
    files: &Directory,
    named: &NamedDatabase,
    options: &MigrateOptions,
    notice: &mut (dyn FnMut(Notice) + Send),
) -> Result<MigrateReport> {
    let access = if options.plan_only { Access::Read } else { Access::Write };
    let project = project.on(&named.name)?;
    let files = project.narrowed(Cow::Borrowed(files))?;
    let mut connection = open(&named.database, access).await?;
    let report = match options.resume {
        Some(_) => migrate(&project, &mut connection, options, notice).await?,
        None => migrate_files(&project, &files, &mut connection, options, notice).await?,
    };
    connection.close().await?;
    Ok(report)
}

fn broke_off(error: &JoinError) -> Error {
    let diagnostic = Diagnostic::error("E664", format!("the work on the database broke off: {error}"));
    let help = "run `migrate` on it again; please report this, with the lines that were printed before";
    Error::new(ErrorKind::Unknown, diagnostic.help(help))
}
