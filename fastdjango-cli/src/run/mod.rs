//! One function a command: open the project, call the library, print the report.

mod all;
mod baseline;
mod diff;
mod explain;
mod heads;
mod history;
mod make;
mod merge;
mod migrate;
mod optimize;
mod prune;
mod render;
mod repair;
mod shorten;
mod show;
mod sql;
mod squash;

use std::path::{Path, PathBuf};

use fastdjango_core::backend::{Access, Connection, History};
use fastdjango_core::command::{Project, applied_history, connect, files};
use fastdjango_core::diagnostic::{Diagnostic, Diagnostics};
use fastdjango_core::error::{Error, Result};
use fastdjango_core::migration::EmbeddedCrate;
use fastdjango_core::model::ModelDef;
use fastdjango_core::name::AppLabel;

use crate::args::{Cli, Command, Global};
use crate::output::Output;

/// The models of a program, and the migrations that it carries.
type Program<'a> = (&'a [&'static ModelDef], &'a [&'static EmbeddedCrate]);

/// What one database needs: one thread for its work, and one that watches.
const THREADS: usize = 2;

/// Runs a command, and returns its exit code.
///
/// It knows the models and the migrations that the program has.
pub(crate) fn run(cli: &Cli, output: Output, manifest_dir: &Path, (models, carried): Program<'_>) -> Result<u8> {
    let context = Context {
        global: cli.global.clone(),
        output,
        manifest_dir: manifest_dir.to_owned(),
        models: models.to_owned(),
        carried: carried.to_owned(),
    };
    match &cli.command {
        Command::Make(args) => make::run(&context, args),
        Command::Migrate(args) => on_threads(migrate::threads(args), migrate::run(&context, args)),
        Command::Baseline(args) => blocking(baseline::run(&context, args)),
        Command::Show(args) => blocking(show::run(&context, args)),
        Command::Heads(args) => heads::run(&context, args),
        Command::History(args) => blocking(history::run(&context, args)),
        Command::Repair(args) => blocking(repair::run(&context, args)),
        Command::Sql(args) => sql::run(&context, args),
        Command::Render(args) => render::run(&context, args),
        Command::Shorten(args) => shorten::run(&context, args),
        Command::Squash(args) => squash::run(&context, args),
        Command::Diff(args) => diff::run(&context, args),
        Command::Optimize(args) => optimize::run(&context, args),
        Command::Explain(args) => explain::run(&context, args),
    }
}

/// What every command needs.
pub(crate) struct Context {
    pub(crate) global: Global,
    pub(crate) output: Output,
    manifest_dir: PathBuf,
    models: Vec<&'static ModelDef>,
    carried: Vec<&'static EmbeddedCrate>,
}

impl Context {
    /// The project of `--project`, or of the program itself.
    pub(crate) fn project(&self) -> Result<Project> {
        let dir = match &self.global.project {
            Some(dir) => with_settings(dir)?,
            None => self.manifest_dir.as_path(),
        };
        Project::open_with(dir, &self.models, &self.carried)
    }

    /// The same as the chosen database has it: with the apps that live there.
    pub(crate) fn project_there(&self) -> Result<Project> {
        Ok(self.project()?.on(self.global.database())?.into_owned())
    }

    /// True where a project can be opened: somebody named one, or the program has models.
    pub(crate) fn has_project(&self) -> bool {
        self.global.project.is_some() || !self.models.is_empty()
    }

    /// A connection to the chosen database.
    pub(crate) async fn connect(&self, project: &Project, access: Access) -> Result<Connection> {
        connect(project, self.global.database(), access).await
    }

    /// A path as a person would type it here.
    pub(crate) fn shown(path: &Path) -> String {
        let here = std::env::current_dir().unwrap_or_default();
        path.strip_prefix(here).unwrap_or(path).display().to_string()
    }
}

/// A folder that was named must have settings, or be below one: a slip would else make a new database in it.
fn with_settings(dir: &Path) -> Result<&Path> {
    if files::find(&std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned())).is_some() {
        return Ok(dir);
    }
    let message = format!("neither `{}` nor a folder above it has a {}", dir.display(), files::SETTINGS_FILE);
    Err(Error::invalid(Diagnostic::error("E408", message).help("give `--project` the folder that has one")))
}

/// Names of apps as typed.
pub(crate) fn labels(apps: &[String]) -> Vec<AppLabel> {
    apps.iter().map(|app| AppLabel::new(app.as_str())).collect()
}

/// What the database has applied, and a warning where it cannot be asked and `--yes` says to go on.
pub(crate) fn history(context: &Context, project: &Project) -> Result<(History, Diagnostics)> {
    blocking(applied_history(project, context.global.database(), context.global.yes))
}

/// What comes on standard input.
fn stdin() -> Result<String> {
    std::io::read_to_string(std::io::stdin()).map_err(|error| {
        let message = format!("standard input cannot be read: {error}");
        Error::failed(Diagnostic::error("E006", message).help("give it a text in UTF-8, or name a file"))
    })
}

fn blocking<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    on_threads(THREADS, future)
}

fn on_threads<T>(threads: usize, future: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()
        .map_err(|error| Error::failed(Diagnostic::error("E001", format!("the runtime did not start: {error}"))))?;
    runtime.block_on(future)
}
