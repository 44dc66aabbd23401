//! `diff`: what leads from one state to another, wherever the two come from; no file is written.

mod database;
mod source;

pub use database::{read_database, version};
pub use source::{DatabaseName, Side, SideName, StateText};

use serde::Serialize;

use super::answers::Flags;
use super::project::Project;
use super::slips;
use crate::detect::{Answers, Past, Question, detect, named};
use crate::diagnostic::Diagnostics;
use crate::dialect;
use crate::error::{Error, Result};
use crate::field::{Engine, Version};
use crate::migration::{Migration, MigrationDocument};
use crate::name::MigrationRef;
use crate::pair::Pair;
use crate::planner;
use crate::state::{Hints, ProjectState};

/// How to compare two states.
#[derive(Clone, Debug, Default)]
pub struct DiffOptions {
    /// The last migrations of apps, which new ones come after; they go before those that the first side tells itself.
    pub leaves: Vec<MigrationRef>,
    /// What was answered so far.
    pub answers: Answers,
    /// Which of it was typed as flags: such an answer has to answer something.
    pub flags: Flags,
    /// Render the SQL of the migrations for this engine, and this version of it or newer.
    pub sql: Option<(Engine, Version)>,
}

/// What leads from one state to the other, or what has to be known first.
#[derive(Clone, Debug, Default)]
pub struct DiffReport {
    /// The migrations, in the order in which they run; none where nothing differs or a question is open.
    pub migrations: Vec<Migration>,
    /// What nobody but the user knows.
    pub questions: Vec<Question>,
    /// What somebody should know.
    pub warnings: Diagnostics,
}

/// A report as `diff --json` prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct DiffDocument {
    /// The migrations, in the order in which they run; none where nothing differs or a question is open.
    pub migrations: Vec<MigrationDocument>,
    /// The open questions; where there is one, the exit code is 3.
    pub questions: Vec<Question>,
    /// What somebody should know.
    pub warnings: Diagnostics,
}

impl From<&DiffReport> for DiffDocument {
    fn from(report: &DiffReport) -> Self {
        Self {
            migrations: report.migrations.iter().map(MigrationDocument::from).collect(),
            questions: report.questions.clone(),
            warnings: report.warnings.clone(),
        }
    }
}

/// Finds the migrations that lead from the previous side to the next.
///
/// Names that a side leaves open are chosen: those of the previous side after the next one's, so that what is the same in
/// both is no difference.
pub fn diff(sides: Pair<&Side<'_>>, options: &DiffOptions) -> Result<DiffReport> {
    let (previous, mut past) = sides.previous.previous()?;
    let (next, hints) = sides.next.next()?;
    let previous = named(Pair::new(&next, &previous));
    past.leaves.extend(options.leaves.iter().map(|leaf| (leaf.app.clone(), leaf.name.clone())));
    let states = Pair::new(&previous, &next);
    let found = |answers: &Answers| detect(states, &hints, &past, answers);
    let detected = found(&options.answers);
    let mut told = slips::astray_answers(states, &past, &options.answers, &options.flags);
    if told.has_errors() || !detected.errors.is_empty() {
        told.extend(detected.errors);
        return Err(Error::invalid(told));
    }
    if detected.questions.is_empty() {
        let unused = slips::unused_flags(&options.answers, &options.flags, |answers| found(answers) == detected);
        told.extend(unused);
    }
    let mut warnings = sides.previous.left_out();
    warnings.extend(sides.next.warnings());
    warnings.extend(told);
    warnings.extend(detected.warnings);
    if !detected.questions.is_empty() {
        return Ok(DiffReport { questions: detected.questions, warnings, ..DiffReport::default() });
    }
    let mut migrations = detected.migrations;
    if let Some((engine, version)) = options.sql {
        render(&mut migrations, previous, engine, version)?;
    }
    Ok(DiffReport { migrations, warnings, ..DiffReport::default() })
}

/// Gives every migration its SQL, each from the state that the ones before it leave.
fn render(migrations: &mut [Migration], mut state: ProjectState, engine: Engine, version: Version) -> Result<()> {
    let dialect = dialect::targeting(engine, version);
    for migration in migrations {
        let section = planner::section(&migration.app, &migration.operations, &state, &*dialect);
        migration.sql.insert(engine, section.map_err(Error::invalid)?);
        for operation in &migration.operations {
            operation.apply(&migration.app, &mut state)?;
        }
    }
    Ok(())
}

impl Side<'_> {
    /// The state, and what a new migration has to be put after.
    fn previous(&self) -> Result<(ProjectState, Past)> {
        match self {
            Self::Models(project) => Ok((project.models.clone(), Past::default())),
            Self::Migrations(project) => project.previous().map(|previous| (previous.state, previous.past)),
            Self::Empty => Ok((ProjectState::default(), Past::default())),
            Self::Snapshots(texts) => source::state(texts),
            Self::Database { state, .. } => Ok(((**state).clone(), Past::default())),
        }
    }

    /// The state, and what only models say beside it.
    fn next(&self) -> Result<(ProjectState, Hints)> {
        match self {
            Self::Models(project) => Ok((project.models.clone(), project.hints.clone())),
            Self::Migrations(_) | Self::Empty | Self::Snapshots(_) | Self::Database { .. } => {
                Ok((self.previous()?.0, Hints::default()))
            }
        }
    }

    fn warnings(&self) -> Diagnostics {
        match self {
            Self::Models(Project { warnings, .. }) => warnings.clone(),
            Self::Migrations(_) | Self::Empty | Self::Snapshots(_) | Self::Database { .. } => self.left_out(),
        }
    }

    /// What is there and in no state.
    fn left_out(&self) -> Diagnostics {
        match self {
            Self::Database { left_out, .. } => left_out.clone(),
            Self::Models(_) | Self::Migrations(_) | Self::Empty | Self::Snapshots(_) => Diagnostics::default(),
        }
    }
}
