//! A project in a folder of its own: its files, its database, and the commands on them.

use std::path::Path;

use fastdjango_core::backend::{Access, Progress};
use fastdjango_core::command::files::AppDir;
use fastdjango_core::command::{
    DatabaseName, DiffOptions, MakeOptions, MigrateOptions, MigrateReport, Notice, Project, Ran, Side, diff,
    makemigrations, migrate, read_database, rollback, sqlmigrate,
};
use fastdjango_core::error::Error;
use fastdjango_core::field::Engine;
use fastdjango_core::model::ModelDef;
use fastdjango_core::pair::Pair;
use fastdjango_core::settings::Settings;
use fastdjango_tests::live::{Place, Server};
use tempfile::TempDir;

/// The commands of a project whose models change; what they do is what a user's program would do.
pub(crate) struct Store {
    folder: TempDir,
    /// Its database.
    pub(crate) place: Place,
}

impl Store {
    /// One whose database somebody else made.
    pub(crate) fn of(place: Place) -> Self {
        Self { folder: TempDir::new().expect("a folder for the test"), place }
    }

    pub(crate) async fn new(server: &Server) -> Self {
        Self::of(server.database().await)
    }

    /// The folder with the project's files.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The project with these models; its migrations go into its own folder, not into the models' crate.
    fn project(&self, models: &[&'static ModelDef]) -> Project {
        let mut settings = Settings::default();
        settings.databases.insert("default".to_owned(), self.place.settings().clone());
        settings.migrations.render = [self.place.engine()].into();
        let project = Project::with_settings(self.folder.path(), settings, models);
        let mut project = project.unwrap_or_else(|e| panic!("{e}"));
        project.apps = vec![AppDir::new("chinook", self.folder.path())];
        project
    }

    /// Changes the file of the migration with that number, as a person would; the first has the number 0.
    pub(crate) fn edit(&self, number: usize, edit: fn(&str) -> String) {
        let folder = self.folder().join("migrations/chinook");
        let begin = format!("{:04}_", number + 1);
        let files = std::fs::read_dir(folder).expect("the migrations");
        let mut paths = files.map(|file| file.expect("a file").path());
        let path = paths.find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&begin)));
        let path = path.expect("the migration");
        let text = std::fs::read_to_string(&path).expect("a file of text");
        std::fs::write(path, edit(&text)).expect("the file is written");
    }

    /// The database goes; a server's would stay.
    pub(crate) async fn remove(self) {
        self.place.remove().await;
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

    /// `migrate`: what was made last is applied, and nothing else.
    pub(crate) async fn migrate(&self) {
        let project = self.project(&first_models());
        let mut statements = Vec::new();
        let (mut connection, options) = (self.place.open(Access::Write).await, MigrateOptions::default());
        let report = migrate(&project, &mut connection, &options, &mut |notice| log(&mut statements, notice)).await;
        connection.close().await.unwrap_or_else(|e| panic!("{e}"));
        self.assert_printed(&one(report), &statements);
    }

    /// `migrate --rollback --yes`.
    pub(crate) async fn rollback(&self) {
        let project = self.project(&first_models());
        let options = MigrateOptions { allow_loss: true, ..MigrateOptions::default() };
        let mut statements = Vec::new();
        let mut connection = self.place.open(Access::Write).await;
        let report = rollback(&project, &mut connection, 1, &options, &mut |notice| log(&mut statements, notice)).await;
        connection.close().await.unwrap_or_else(|e| panic!("{e}"));
        self.assert_printed(&one(report), &statements);
    }

    /// What ran is what `sqlmigrate` prints, statement for statement.
    fn assert_printed(&self, ran: &Ran, executed: &[String]) {
        let (app, name) = (&ran.migration.app, ran.migration.name.as_str());
        let printed = sqlmigrate(&self.project(&first_models()), app, name, self.place.settings(), ran.direction);
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

impl Store {
    /// The database is told as the models are, whichever of the two comes first.
    pub(crate) async fn assert_told(&self, models: &[&'static ModelDef], when: &str) {
        let project = self.project(models);
        let models = Side::Models(&project);
        let found = self.told(&models).await;
        for sides in [Pair::new(&found, &models), Pair::new(&models, &found)] {
            let report = diff(sides, &DiffOptions::default()).unwrap_or_else(|e| panic!("{when}: {e}"));
            assert!(report.migrations.is_empty(), "{when}: the database is told otherwise: {:#?}", report.migrations);
            assert!(report.questions.is_empty(), "{when}: {:?}", report.questions);
        }
    }

    /// The database as a side of a comparison, with the names of another.
    async fn told(&self, guide: &Side<'_>) -> Side<'static> {
        let project = self.project(&first_models());
        let name = DatabaseName::Named("default".to_owned());
        read_database(&name, Some(&project), guide).await.unwrap_or_else(|e| panic!("{e}"))
    }

    /// The statements that make a database like this one, as far as a look at it tells.
    pub(crate) async fn statements(&self) -> Vec<String> {
        let (engine, found) = (self.place.engine(), self.told(&Side::Empty).await);
        let options = DiffOptions { sql: Some((engine, engine.targets().default)), ..DiffOptions::default() };
        let report = diff(Pair::new(&Side::Empty, &found), &options).unwrap_or_else(|e| panic!("{e}"));
        assert!(report.warnings.is_empty(), "nothing is left out: {:?}", report.warnings);
        let sections = report.migrations.iter().filter_map(|migration| migration.sql.get(&engine));
        let steps = sections.flat_map(|section| &section.up);
        steps.flat_map(|step| step.statements().into_iter().map(str::to_owned).collect::<Vec<_>>()).collect()
    }
}

/// `migrate` reads files only: which models its program has does not matter to it.
fn first_models() -> Vec<&'static ModelDef> {
    crate::versions::all(Engine::Sqlite).swap_remove(0)
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
