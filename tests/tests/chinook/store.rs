//! A project in a folder of its own: its files, its database, and the commands on them.

use std::path::{Path, PathBuf};

use fastdjango_core::backend::{Access, Connection, Progress};
use fastdjango_core::command::files::AppDir;
use fastdjango_core::command::{
    MakeOptions, MigrateOptions, MigrateReport, Notice, Project, Ran, makemigrations, migrate, rollback, sqlmigrate,
};
use fastdjango_core::error::Error;
use fastdjango_core::field::Engine;
use fastdjango_core::model::ModelDef;
use tempfile::TempDir;

/// The commands of a project whose models change; what they do is what a user's program would do.
pub(crate) struct Store {
    folder: TempDir,
}

impl Store {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().expect("a folder for the test") }
    }

    /// The folder with the project's files.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The file of the database.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("db.sqlite3")
    }

    /// The database, as sqlx names it.
    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}", self.database().display())
    }

    /// The same for a database that is not there yet.
    pub(crate) fn create(&self) -> String {
        format!("{}?mode=rwc", self.url())
    }

    /// The project with these models; its migrations go into its own folder, not into the models' crate.
    fn project(&self, models: &[&'static ModelDef]) -> Project {
        let mut project = Project::open(self.folder.path(), models).unwrap_or_else(|e| panic!("{e}"));
        project.apps = vec![AppDir::new("chinook", self.folder.path())];
        project
    }

    /// `makemigrations`: one change, one migration, no question.
    pub(crate) fn make(&self, models: &[&'static ModelDef]) {
        let report = makemigrations(&self.project(models), &MakeOptions::default()).unwrap_or_else(|e| panic!("{e}"));
        assert!(report.questions.is_empty(), "nothing is open: {:?}", report.questions);
        let names: Vec<String> = report.made.iter().map(|made| made.migration.name.to_string()).collect();
        assert_eq!(names.len(), 1, "one change, one migration: {names:?}");
        if std::env::var_os("CHINOOK_SHOW").is_some() {
            eprintln!("{}", report.made[0].text);
        }
    }

    /// A connection of the library's.
    pub(crate) async fn connection(&self) -> Connection {
        Connection::open_sqlite(&self.database(), Access::Write).await.unwrap_or_else(|e| panic!("{e}"))
    }

    /// `migrate`: what was made last is applied, and nothing else.
    pub(crate) async fn migrate(&self) {
        let project = self.project(&first_models());
        let mut statements = Vec::new();
        let (mut connection, options) = (self.connection().await, MigrateOptions::default());
        let report = migrate(&project, &mut connection, &options, &mut |notice| log(&mut statements, notice)).await;
        self.assert_printed(&one(report), &statements);
    }

    /// `migrate --rollback --yes`.
    pub(crate) async fn rollback(&self) {
        let project = self.project(&first_models());
        let options = MigrateOptions { allow_loss: true, ..MigrateOptions::default() };
        let mut statements = Vec::new();
        let mut connection = self.connection().await;
        let report = rollback(&project, &mut connection, 1, &options, &mut |notice| log(&mut statements, notice)).await;
        self.assert_printed(&one(report), &statements);
    }

    /// What ran is what `sqlmigrate` prints, statement for statement.
    fn assert_printed(&self, ran: &Ran, executed: &[String]) {
        let (app, name) = (&ran.migration.app, ran.migration.name.as_str());
        let printed = sqlmigrate(&self.project(&first_models()), app, name, Engine::Sqlite, ran.direction);
        let printed = printed.unwrap_or_else(|e| panic!("{e}"));
        let printed: Vec<String> = printed.into_iter().filter(|line| !is_comment(line)).collect();
        assert_eq!(executed, printed, "{}: what ran, and what `sqlmigrate` prints", ran.migration);
    }

    /// The models say nothing that the migrations do not.
    pub(crate) fn assert_settled(&self, models: &[&'static ModelDef], when: &str) {
        let report = makemigrations(&self.project(models), &MakeOptions::default()).unwrap_or_else(|e| panic!("{e}"));
        let names: Vec<String> = report.made.iter().map(|made| made.migration.name.to_string()).collect();
        assert!(report.questions.is_empty() && names.is_empty(), "{when}: nothing is left to do: {names:?}");
    }
}

/// `migrate` reads files only: which models its program has does not matter to it.
fn first_models() -> Vec<&'static ModelDef> {
    crate::versions::all().swap_remove(0)
}

fn log(statements: &mut Vec<String>, notice: Notice) {
    if let Notice::Progress(Progress::Statement(statement)) = notice {
        statements.push(statement);
    }
}

fn one(report: Result<MigrateReport, Error>) -> Ran {
    let mut report = report.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(report.ran.len(), 1, "one migration runs: {:?}", report.ran);
    report.ran.remove(0)
}

/// True for a line about what the database decides; a statement may begin with a comment and go on.
fn is_comment(line: &str) -> bool {
    line.lines().all(|line| line.starts_with("--"))
}
