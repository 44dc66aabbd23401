//! `repair`: what the history says of migrations whose files are others now, or gone, where the database bears them out.

mod catalog;
mod refusal;

use super::current;
use super::directory::Directory;
use super::history::{Disagreement, Discord, discords};
use super::live::Held;
use super::project::Project;
use super::resume::none_under_a_former_name;
use crate::backend::{Connection, Event, History, Record, RunOptions};
use crate::diagnostic::Diagnostics;
use crate::error::{Error, ErrorKind, Result};
use crate::migration::checksum;
use crate::name::{AppLabel, MigrationRef};

/// What to repair, and how.
#[derive(Clone, Debug, Default)]
pub struct RepairOptions {
    /// Only migrations of this app.
    pub app: Option<AppLabel>,
    /// Only the one of the app that is called so, or whose name alone begins so; what is later than every file is repaired only where it is named.
    pub name: Option<String>,
    /// Return what would be recorded, and record nothing.
    pub plan_only: bool,
    /// What is to be recorded was shown, and may be.
    pub confirmed: bool,
    /// How the run waits for other migrators.
    pub run: RunOptions,
}

/// A migration that the history is to say something else of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// The migration.
    pub migration: MigrationRef,
    /// In what it and its file disagree.
    pub what: Disagreement,
    /// Since when it counts as applied, in UTC by the database's clock.
    pub at: String,
    /// What goes into the history with it.
    pub note: String,
}

/// What `repair` recorded, or would record.
#[derive(Clone, Debug, Default)]
pub struct RepairReport {
    /// The migrations, in the order of their names.
    pub repairs: Vec<Repair>,
    /// True where the history says so by now.
    pub recorded: bool,
    /// What somebody should know.
    pub warnings: Diagnostics,
}

/// Holds the database against the files, and records that they agree, where they do: an edited migration stays applied as its file
/// says now, and one whose file is gone counts no more. No table is changed. Where not every app lives in every database, the project is
/// that of the connection's database: [`Project::on`].
///
/// # Errors
/// Where the database is not as the files say it, where a migration stands in the middle of its steps, and where nobody confirmed it.
/// Then nothing is recorded.
pub async fn repair(project: &Project, connection: &mut Connection, options: &RepairOptions) -> Result<RepairReport> {
    let files = project.directory()?;
    let (seen, _) = project.history(connection).await?;
    if let Some(app) = &options.app {
        project.lives_here(app)?;
        if !seen.events.iter().any(|event| event.migration.app == *app) {
            project.known_apps(std::slice::from_ref(app))?;
        }
    }
    none_under_a_former_name(&files, &seen)?;
    let mut history = seen.clone();
    current::pretend(&files, &mut history);
    let directory = files.seen_by(&history)?;
    let is_known = |name: &MigrationRef| directory.file(name).is_some() || history.last_of(name).is_some();
    let (chosen, left) = choose(discords(&directory, &history), options, is_known)?;
    if chosen.is_empty() {
        return Ok(RepairReport { warnings: refusal::not_chosen(&left), ..RepairReport::default() });
    }
    refusal::none_in_the_middle(&history)?;
    let found = catalog::compare(project, &directory, &history, &chosen, connection).await?;
    refusal::agree(&directory, &chosen, &left, &found)?;
    let mut report = RepairReport {
        repairs: chosen.iter().map(|discord| Repair::of(discord, &found)).collect(),
        ..RepairReport::default()
    };
    report.warnings.push(refusal::rows(&directory, &chosen, &found));
    report.warnings.extend(refusal::not_chosen(&left));
    if options.plan_only {
        return Ok(report);
    }
    if !options.confirmed {
        return Err(Error::new(ErrorKind::Unanswered, refusal::unconfirmed(&report.repairs)));
    }
    let notes = report.repairs.iter().map(|repair| repair.note.clone());
    let records = chosen.iter().zip(notes).map(|(discord, note)| event(&files, discord, note)).collect();
    record(project, connection, (&files, &seen), records, &options.run).await?;
    report.recorded = true;
    Ok(report)
}

/// What is to be repaired, and what else the files disagree with. The whole name of a migration means no other one that begins so.
fn choose(
    all: Vec<Discord>,
    options: &RepairOptions,
    is_known: impl Fn(&MigrationRef) -> bool,
) -> Result<(Vec<Discord>, Vec<Discord>)> {
    let of_app = |discord: &Discord| options.app.as_ref().is_none_or(|app| *app == discord.migration.app);
    let Some((app, name)) = options.app.as_ref().zip(options.name.as_deref()) else {
        return Ok(all.into_iter().partition(|discord| of_app(discord) && discord.what != Disagreement::Later));
    };
    let whole = MigrationRef::new(app.clone(), name);
    let is_whole = is_known(&whole);
    let begins = |one: &MigrationRef| !name.is_empty() && one.app == *app && one.name.as_str().starts_with(name);
    let means = |one: &MigrationRef| if is_whole { *one == whole } else { begins(one) };
    let found: Vec<&MigrationRef> = all.iter().map(|discord| &discord.migration).filter(|one| means(one)).collect();
    let one = match found.as_slice() {
        [one] => (*one).clone(),
        [] => return Err(Error::invalid(refusal::nothing_called(app, name, &all))),
        several => return Err(Error::invalid(refusal::several_called(name, several))),
    };
    Ok(all.into_iter().partition(|discord| discord.migration == one))
}

impl Repair {
    fn of(discord: &Discord, found: &Held) -> Self {
        let note = match (discord.what, found.unknown.as_slice()) {
            (Disagreement::Edited, _) => {
                "its file was edited, and the database was as it says; rows were not looked at".to_owned()
            }
            (Disagreement::Gone | Disagreement::Later, []) => {
                "by repair: its file was gone, and the database had nothing of it; rows were not looked at".to_owned()
            }
            (Disagreement::Gone | Disagreement::Later, unknown) => {
                let unknown: Vec<String> = unknown.iter().map(ToString::to_string).collect();
                format!("by repair: its file was gone, and no model's table had anything of it; {}", unknown.join("; "))
            }
        };
        let (migration, at) = (discord.migration.clone(), discord.applied.at.clone());
        Self { migration, what: discord.what, at, note }
    }
}

/// The event that a repair leaves. A file that is gone has no operations, so the hash stays that of what ran.
fn event(directory: &Directory, discord: &Discord, note: String) -> Record {
    let (event, file) = match discord.what {
        Disagreement::Edited => (Event::Repaired, directory.file(&discord.migration)),
        Disagreement::Gone | Disagreement::Later => (Event::Reverted, None),
    };
    Record {
        migration: discord.migration.clone(),
        event,
        checksum: file.map_or_else(|| discord.applied.checksum.clone(), checksum),
        text_hash: discord.applied.text_hash.clone(),
        note,
    }
}

/// Whatever happened since the comparison makes it worthless: then nothing is recorded. What is repaired may have another name by now, or
/// be part of a squash, which is recorded before it.
async fn record(
    project: &Project,
    connection: &mut Connection,
    (files, seen): (&Directory, &History),
    repairs: Vec<Record>,
    options: &RunOptions,
) -> Result<()> {
    let mut records = current::due(files, seen);
    records.extend(repairs);
    let (known, count, project) = (seen.clone(), records.len(), project.clone());
    let still = move |history: &History| if project.own(history.clone()) == known { records } else { Vec::new() };
    let written = connection.record(options, still).await?;
    if written.len() == count { Ok(()) } else { Err(Error::failed(refusal::overtaken())) }
}
