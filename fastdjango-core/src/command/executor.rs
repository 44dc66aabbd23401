//! The library's front: a project, one of its databases, and what can be done with them.

use std::borrow::Cow;
use std::path::Path;

#[cfg(feature = "render")]
use super::{BaselineOptions, BaselineReport, MakeOptions, MakeReport, baseline, init, makemigrations};
use super::{
    Direction, MigrateOptions, MigrateReport, Notice, Project, Shown, Status, Target, connect, migrate, showmigrations,
};
use crate::backend::{Access, Connection};
use crate::error::Result;
use crate::model::{self, ModelDef};
use crate::name::{AppLabel, MigrationRef};

/// Runs the migrations of a project on one of its databases.
///
/// Each call opens a connection of its own and closes it, so that an executor can be kept, cloned, and shared.
#[derive(Clone, Debug)]
pub struct MigrationExecutor {
    project: Project,
    database: String,
}

impl MigrationExecutor {
    /// The project of a folder with the models that this program links, on its default database.
    pub fn new(dir: impl AsRef<Path>) -> Result<Self> {
        Self::with_models(dir, &model::registered())
    }

    /// The same with models that the caller names.
    pub fn with_models(dir: impl AsRef<Path>, models: &[&'static ModelDef]) -> Result<Self> {
        Ok(Self::of(Project::open(dir.as_ref(), models)?))
    }

    /// A project that is open already, on its default database.
    #[must_use]
    pub fn of(project: Project) -> Self {
        Self { project, database: "default".to_owned() }
    }

    /// Another database of the settings.
    #[must_use]
    pub fn on(mut self, database: impl Into<String>) -> Self {
        self.database = database.into();
        self
    }

    /// The project.
    #[must_use]
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// Makes what a new project lacks: the first migrations, then the database.
    #[cfg(feature = "render")]
    pub async fn init(&self) -> Result<(MakeReport, MigrateReport)> {
        let made = init(&self.project)?;
        let report = if made.questions.is_empty() { self.upgrade().await? } else { MigrateReport::default() };
        Ok((made, report))
    }

    /// Writes migrations for what changed in the models; the same as [`MigrationExecutor::make`], under its older name.
    #[cfg(feature = "render")]
    pub fn migrate(&self, name: Option<&str>) -> Result<MakeReport> {
        self.make(name)
    }

    /// Writes migrations for what changed in the models, under the name where one is given.
    ///
    /// A report with questions has written nothing: answer them with [`super::MakeOptions::answers`].
    #[cfg(feature = "render")]
    pub fn make(&self, name: Option<&str>) -> Result<MakeReport> {
        makemigrations(&self.project, &MakeOptions { name: name.map(str::to_owned), ..MakeOptions::default() })
    }

    /// Applies every migration that the database lacks.
    pub async fn upgrade(&self) -> Result<MigrateReport> {
        self.run(&MigrateOptions::default(), &mut |_| {}).await
    }

    /// Takes over a database that something else made: records what it has, where its catalog is what the migrations lead to.
    #[cfg(feature = "render")]
    pub async fn baseline(&self, options: &BaselineOptions) -> Result<BaselineReport> {
        let access = if options.plan_only { Access::Read } else { Access::Write };
        let (project, mut connection) = self.connect(access).await?;
        let report = baseline(&project, &mut connection, options).await?;
        connection.close().await?;
        Ok(report)
    }

    /// Undoes migrations until `target` is the last of its app; with `zero` as the name, all of the app.
    ///
    /// Data that this destroys is not destroyed without a word: run it with [`MigrateOptions::allow_loss`].
    pub async fn downgrade(&self, app: &str, target: &str) -> Result<MigrateReport> {
        let app = AppLabel::from(app);
        let target = if target == "zero" { Target::Zero(app) } else { Target::Migration(app, target.into()) };
        self.run(&MigrateOptions { target, ..MigrateOptions::default() }, &mut |_| {}).await
    }

    /// Runs with every choice open, and tells what happens while it happens.
    pub async fn run(
        &self,
        options: &MigrateOptions,
        notice: &mut (dyn FnMut(Notice) + Send),
    ) -> Result<MigrateReport> {
        let access = if options.plan_only { Access::Read } else { Access::Write };
        let (project, mut connection) = self.connect(access).await?;
        let report = migrate(&project, &mut connection, options, notice).await?;
        connection.close().await?;
        Ok(report)
    }

    /// Every migration, and what the database says of it.
    pub async fn history(&self) -> Result<Vec<Shown>> {
        let (project, mut connection) = self.connect(Access::Read).await?;
        let shown = showmigrations(&project, &mut connection, &[]).await?;
        connection.close().await?;
        Ok(shown)
    }

    /// The migrations that the database lacks, in the order in which they would run.
    pub async fn pending(&self) -> Result<Vec<MigrationRef>> {
        let shown = self.history().await?;
        Ok(shown.into_iter().filter(|entry| entry.status == Status::Pending).map(|entry| entry.migration).collect())
    }

    /// The last migrations of every app, by the files: one each, unless branches are not merged yet.
    pub fn heads(&self) -> Result<Vec<MigrationRef>> {
        let heads = self.project.heads()?.into_iter();
        Ok(heads
            .flat_map(|(app, names)| names.into_iter().map(move |name| MigrationRef::new(app.clone(), name)))
            .collect())
    }

    /// The SQL of a migration, statement by statement as it runs.
    pub fn sql(&self, app: &str, name: &str, direction: Direction) -> Result<Vec<String>> {
        let database = self.project.database(&self.database)?;
        super::sqlmigrate(&*self.project.on(&self.database)?, &app.into(), name, &database, direction)
    }

    /// A connection, and the project as its database has it.
    async fn connect(&self, access: Access) -> Result<(Cow<'_, Project>, Connection)> {
        let project = self.project.on(&self.database)?;
        Ok((project, connect(&self.project, &self.database, access).await?))
    }
}
