//! A project: its settings, its models, and the migrations of its apps.

use std::path::{Path, PathBuf};

use super::directory::Directory;
use super::files::{self, AppDir};
use super::snapshots::{self, Previous};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, Result};
use crate::field::Engine;
use crate::model::ModelDef;
use crate::name::AppLabel;
use crate::settings::{Database, Settings};
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
}

impl Project {
    /// Reads the settings of the folder, or of the nearest folder above it that has some, and the models.
    pub fn open(dir: &Path, models: &[&'static ModelDef]) -> Result<Self> {
        let dir = files::find(dir).unwrap_or_else(|| dir.to_owned());
        let settings = files::load_settings(&dir, &|name| std::env::var(name).ok())?;
        Self::with_settings(&dir, settings, models)
    }

    /// The same with settings that the caller made.
    pub fn with_settings(dir: &Path, settings: Settings, models: &[&'static ModelDef]) -> Result<Self> {
        if models.is_empty() {
            return Err(Error::invalid(no_models()));
        }
        let (state, hints, diagnostics) = from_models(models);
        if diagnostics.has_errors() {
            return Err(Error::invalid(diagnostics));
        }
        let apps = hints.apps.iter().map(|(label, app)| AppDir::new(label.clone(), &app.manifest_dir)).collect();
        Ok(Self { dir: dir.to_owned(), settings, models: state, hints, warnings: diagnostics, apps })
    }

    /// Every migration, parsed and in order.
    pub fn directory(&self) -> Result<Directory> {
        Directory::parse(&files::load(&self.apps)?)
    }

    /// What the last migrations left: out of the snapshots where they are current, else out of the migrations.
    pub fn previous(&self) -> Result<Previous> {
        let loaded = files::load(&self.apps)?;
        if let Some(previous) = snapshots::current(&loaded) {
            return Ok(previous);
        }
        let directory = Directory::parse(&loaded)?;
        directory.left()
    }

    /// Writes the snapshots that are not what the migrations leave.
    pub fn refresh_snapshots(&self) -> Result<()> {
        let loaded = files::load(&self.apps)?;
        let directory = Directory::parse(&loaded)?;
        let left = directory.left()?;
        files::write_all(&snapshots::stale(&loaded, &directory, &left))
    }

    /// The engines that migrations are rendered for.
    #[must_use]
    pub fn render_engines(&self) -> Vec<Engine> {
        self.settings.migrations.render.iter().copied().collect()
    }

    /// The database that the settings call `name`, as migrations connect to it.
    pub fn database(&self, name: &str) -> Result<&Database> {
        self.settings.database(name).map(Database::for_migrations).map_err(Error::invalid)
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
        for app in apps.iter().filter(|app| !self.apps.iter().any(|known| known.label == **app)) {
            let known = || self.apps.iter().map(|known| known.label.as_str());
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
