//! A project: its settings, its models, and the migrations of its apps.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::directory::Directory;
use super::files::{self, AppDir, Loaded};
use super::origin;
use super::route::Route;
use super::snapshots::{self, Previous};
use crate::data::{self, DataMigration};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::error::{Error, Result};
use crate::field::Engine;
use crate::migration::{self, EmbeddedCrate};
use crate::model::ModelDef;
use crate::name::{AppLabel, MigrationName};
use crate::settings::Settings;
use crate::source::nearest;
use crate::state::{Hints, ProjectState, from_models};

/// Everything that a command needs to know of a project; it holds no connection and changes no file.
#[derive(Clone, Debug)]
pub struct Project {
    /// The folder of `fastdjango.toml`, or of the crate where there is none.
    pub dir: PathBuf,
    /// The settings.
    pub settings: Settings,
    /// What the models say.
    pub models: ProjectState,
    /// What the models say besides: former names, fill values, places.
    pub hints: Hints,
    /// What is wrong with the models without stopping anything.
    pub warnings: Diagnostics,
    /// The apps and their folders.
    pub apps: Vec<AppDir>,
    /// Those of them that no model belongs to: their folders of migrations were found beside the others.
    pub former: BTreeSet<AppLabel>,
    /// The data migrations that migrations may call: all that are registered, unless the caller puts others here.
    pub functions: Vec<&'static DataMigration>,
    /// The database that this is the project of, by [`Project::on`]; `None` for the project with all its apps.
    pub route: Option<Arc<Route>>,
}

impl Project {
    /// Reads the settings of the folder, or of the nearest folder above it that has some, and the models.
    ///
    /// A program may be built in a folder that is not where it runs: where `dir` is not there, the current folder counts.
    ///
    /// # Errors
    /// Where neither has settings and `DATABASE_URL` is not set (E283): a database of its own would be made there, unasked.
    pub fn open(dir: &Path, models: &[&'static ModelDef]) -> Result<Self> {
        Self::open_with(dir, models, &migration::registered())
    }

    /// The same with the migrations that the caller names instead of those that the program carries.
    pub fn open_with(dir: &Path, models: &[&'static ModelDef], carried: &[&'static EmbeddedCrate]) -> Result<Self> {
        let env = |name: &str| std::env::var(name).ok();
        let dir = files::home(dir, !carried.is_empty(), &env)?;
        Self::of(&dir, files::load_settings(&dir, &env)?, models, carried)
    }

    /// The same with settings that the caller made.
    pub fn with_settings(dir: &Path, settings: Settings, models: &[&'static ModelDef]) -> Result<Self> {
        Self::of(dir, settings, models, &migration::registered())
    }

    fn of(
        dir: &Path,
        settings: Settings,
        models: &[&'static ModelDef],
        carried: &[&'static EmbeddedCrate],
    ) -> Result<Self> {
        if models.is_empty() {
            return Err(Error::invalid(no_models()));
        }
        let (state, hints, diagnostics) = from_models(models);
        if diagnostics.has_errors() {
            return Err(Error::invalid(diagnostics));
        }
        let apps = origin::apps(&hints.apps, carried)?;
        let labels = apps.iter().map(|app| app.label.clone());
        let former = labels.filter(|label| !hints.apps.contains_key(label)).collect();
        let misrouted = settings.misrouted(&apps.iter().map(|app| &app.label).collect());
        if misrouted.has_errors() {
            return Err(Error::invalid(misrouted));
        }
        let (dir, functions) = (dir.to_owned(), data::registered());
        let warnings = diagnostics;
        Ok(Self { dir, settings, models: state, hints, warnings, apps, former, functions, route: None })
    }

    /// Every migration, parsed and in order; refused where an app has tables and no models.
    pub fn directory(&self) -> Result<Directory> {
        self.directory_of(&self.load()?)
    }

    /// The same of files that were read already.
    pub(super) fn directory_of(&self, loaded: &Loaded) -> Result<Directory> {
        Ok(self.narrowed(Cow::Owned(self.whole().with_models(loaded)?))?.into_owned())
    }

    fn with_models(&self, loaded: &Loaded) -> Result<Directory> {
        let directory = self.parse(loaded)?;
        if self.former().next().is_none() {
            return Ok(directory);
        }
        let state = directory.state_of(|_| true)?;
        let left = self.former().filter(|app| state.app(&app.label).next().is_some());
        let forgotten = Diagnostics(left.map(|app| self.forgotten(app)).collect());
        if forgotten.is_empty() { Ok(directory) } else { Err(Error::invalid(forgotten)) }
    }

    /// The last migrations of each app by the files, all of them where branches are not merged yet.
    pub fn heads(&self) -> Result<BTreeMap<AppLabel, Vec<MigrationName>>> {
        let mut heads = Directory::with_conflicts(&self.load()?)?.graph.heads();
        heads.retain(|app, _| self.is_here(app));
        Ok(heads)
    }

    /// Parses the files; where one of an app without models is at fault, that is said first.
    fn parse(&self, loaded: &Loaded) -> Result<Directory> {
        Directory::parse(loaded).map_err(|error| {
            let places: Vec<&str> =
                error.diagnostics().iter().filter_map(|d| Some(&*d.location.as_ref()?.file)).collect();
            let at_fault = |app: &&AppDir| places.iter().any(|file| file.starts_with(&files::shown(&app.folder())));
            let mut all = Diagnostics(self.former().filter(at_fault).map(|app| self.forgotten(app)).collect());
            all.extend(error.diagnostics().clone());
            Error::invalid(all)
        })
    }

    /// The apps that have migrations and no models.
    pub(super) fn former(&self) -> impl Iterator<Item = &AppDir> {
        self.apps.iter().filter(|app| self.former.contains(&app.label))
    }

    fn forgotten(&self, app: &AppDir) -> Diagnostic {
        let (label, folder) = (&app.label, files::shown(&app.folder()));
        let message = format!("`{folder}` holds migrations of an app `{label}` that has no models");
        let fault = Diagnostic::error(code::APP_WITHOUT_MODELS, message)
            .note(format!("its tables are there, and no crate that the program names has a model of `{label}`"))
            .help("name its crate in `fastdjango::main!`, or take the folder away where it is not yours")
            .help("if its models moved or are to go: `makemigrations` asks, and writes what you decide");
        match nearest(label.as_str(), self.hints.apps.keys().map(AppLabel::as_str)) {
            Some(near) => fault.help(format!("or rename the folder, if it is that of `{near}`")),
            None => fault,
        }
    }

    /// What the last migrations left: out of the snapshots where they are current, else out of the migrations.
    pub fn previous(&self) -> Result<Previous> {
        let loaded = self.load()?;
        let left = match snapshots::current(&loaded) {
            Some(previous) => previous,
            None => self.whole().parse(&loaded)?.left()?,
        };
        Ok(self.left_here(left))
    }

    /// Writes the snapshots that are not what the migrations leave.
    pub fn refresh_snapshots(&self) -> Result<()> {
        let loaded = self.load()?;
        let directory = Directory::parse(&loaded)?;
        let left = directory.left()?;
        files::write_all(&snapshots::stale(&loaded, &directory, &left))
    }

    /// The engines that migrations are rendered for.
    #[must_use]
    pub fn render_engines(&self) -> Vec<Engine> {
        self.settings.migrations.render.iter().copied().collect()
    }

    /// An app whose migrations are written here; refused where they are somebody else's.
    #[cfg(feature = "render")]
    pub(super) fn app_to_write(&self, label: &AppLabel) -> Result<&AppDir> {
        self.app(label)?.to_write()
    }

    /// The folder of an app.
    pub fn app(&self, label: &AppLabel) -> Result<&AppDir> {
        self.known_apps(std::slice::from_ref(label))?;
        let found = self.apps.iter().find(|app| app.label == *label);
        found.ok_or_else(|| Error::invalid(no_models()))
    }

    /// Refuses the name of an app that has neither models nor migrations.
    pub fn known_apps(&self, apps: &[AppLabel]) -> Result<()> {
        let mut unknown = Diagnostics::default();
        let known = || self.whole().apps.iter().map(|known| known.label.as_str());
        for app in apps.iter().filter(|app| !known().any(|known| known == app.as_str())) {
            let diagnostic = Diagnostic::error("E601", format!("there is no app `{app}`"));
            unknown.push(match nearest(app.as_str(), known()) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help(format!("the apps are `{}`", known().collect::<Vec<_>>().join("`, `"))),
            });
        }
        if unknown.is_empty() { Ok(()) } else { Err(Error::invalid(unknown)) }
    }
}

fn no_models() -> Diagnostic {
    Diagnostic::error("E100", "no model is registered")
        .note("the linker keeps only the models of crates that the program names")
        .help("name every crate that holds models: `fastdjango::main!(blog, accounts);`")
        .help("a model is a struct with `#[derive(Model)]` in a library target, not in main.rs")
}
