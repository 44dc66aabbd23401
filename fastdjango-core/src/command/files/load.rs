//! Reading the migration folders of all apps; nothing is parsed here.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::ErrorKind::NotFound;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::shown;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::error::Error;
use crate::migration::{self, EmbeddedCrate, Migration};
use crate::name::{AppLabel, MigrationName, MigrationRef};

const SNAPSHOT: &str = "snapshot.json";

/// The folder of a crate's migrations, unless `embed_migrations!` names another.
pub(in crate::command) const MIGRATIONS: &str = "migrations";

/// Where the migrations of an app live: `migrations/<app>/` in the folder of its crate, unless the program carries them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AppDir {
    /// The app.
    pub label: AppLabel,
    /// The folder of its crate, which holds `Cargo.toml`.
    pub manifest_dir: PathBuf,
    /// Where its files come from.
    pub origin: Origin,
}

/// Where the files of an app come from: from one source, never from two.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The crate's source: what is written and reviewed.
    Source {
        /// The folder of all migrations, below that of the crate.
        folder: String,
        /// What the program, built of that source, carries of it.
        carried: Option<&'static EmbeddedCrate>,
    },
    /// The program: its crate is somebody else's, or its source is not here. Never written.
    Program {
        /// The crate.
        package: String,
        /// What it put into the program, if anything.
        carried: Option<&'static EmbeddedCrate>,
        /// True where cargo unpacked it: it is somebody else's.
        foreign: bool,
    },
}

impl AppDir {
    /// An app of the crate in `manifest_dir`, in whose source its migrations are.
    pub fn new(label: impl Into<AppLabel>, manifest_dir: impl Into<PathBuf>) -> Self {
        let origin = Origin::Source { folder: MIGRATIONS.to_owned(), carried: None };
        Self { label: label.into(), manifest_dir: manifest_dir.into(), origin }
    }

    /// The folder of the app's migrations; below the name of the crate where the program has them, since the folder of the machine
    /// that built it says nothing here.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        match &self.origin {
            Origin::Source { folder, .. } => self.manifest_dir.join(folder).join(self.label.as_str()),
            Origin::Program { package, carried, .. } => {
                let folder = carried.map_or(MIGRATIONS, |carried| carried.folder);
                Path::new(package).join(folder).join(self.label.as_str())
            }
        }
    }

    /// The file of one of the app's migrations.
    #[must_use]
    pub fn migration(&self, name: &MigrationName) -> PathBuf {
        self.folder().join(format!("{name}.toml"))
    }

    /// The file of the app's snapshot.
    #[must_use]
    pub fn snapshot(&self) -> PathBuf {
        self.folder().join(SNAPSHOT)
    }

    /// True where the files are of a crate that is written here.
    #[must_use]
    pub fn is_source(&self) -> bool {
        matches!(self.origin, Origin::Source { .. })
    }
}

/// A migration file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationFile {
    /// The app.
    pub app: AppLabel,
    /// The name: the file's, without `.toml`.
    pub name: MigrationName,
    /// The file.
    pub path: PathBuf,
    /// The text.
    pub text: String,
}

impl MigrationFile {
    /// Parses the text.
    pub fn parse(&self) -> Result<Migration, Diagnostics> {
        migration::parse(&self.app, &self.name, &shown(&self.path), &self.text)
    }

    /// App and name together.
    #[must_use]
    pub fn reference(&self) -> MigrationRef {
        MigrationRef::new(self.app.clone(), self.name.clone())
    }
}

/// The files of one app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppFiles {
    /// Where they are.
    pub dir: AppDir,
    /// The migrations, by name.
    pub migrations: Vec<MigrationFile>,
    /// The text of the snapshot, where there is one.
    pub snapshot: Option<String>,
}

/// The files of all apps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// By app.
    pub apps: BTreeMap<AppLabel, AppFiles>,
}

impl Loaded {
    /// Every migration file, by app and name.
    pub fn files(&self) -> impl Iterator<Item = &MigrationFile> {
        self.apps.values().flat_map(|app| &app.migrations)
    }

    /// Parses every migration; the faults of all files at once.
    pub fn parse(&self) -> Result<Vec<Migration>, Diagnostics> {
        let mut found = Diagnostics::default();
        let mut migrations = Vec::new();
        for file in self.files() {
            match file.parse() {
                Ok(migration) => migrations.push(migration),
                Err(faults) => found.extend(faults),
            }
        }
        if found.is_empty() { Ok(migrations) } else { Err(found) }
    }
}

/// The apps, and those of the folders of migrations beside theirs that no model belongs to any more: what they did before is
/// part of the history of the others.
pub fn with_former(mut apps: Vec<AppDir>) -> Result<Vec<AppDir>, Error> {
    let mut crates: BTreeMap<PathBuf, Origin> = BTreeMap::new();
    for app in &apps {
        crates.entry(app.manifest_dir.clone()).or_insert_with(|| app.origin.clone());
    }
    for (crate_dir, origin) in crates {
        let labels = match &origin {
            Origin::Source { folder, .. } => folders(&crate_dir.join(folder))?,
            Origin::Program { carried, .. } => {
                carried.iter().flat_map(|carried| carried.apps).map(|app| app.label.to_owned()).collect()
            }
        };
        for label in labels {
            if !apps.iter().any(|app| app.label == *label) {
                apps.push(AppDir { label: label.into(), manifest_dir: crate_dir.clone(), origin: origin.clone() });
            }
        }
    }
    Ok(apps)
}

/// Reads the migration folders of all apps; an app without a folder has no migrations yet.
pub fn load(apps: &[AppDir]) -> Result<Loaded, Error> {
    let mut found = Diagnostics::default();
    let mut loaded = Loaded::default();
    for dir in apps {
        let files = load_app(dir, &mut found)?;
        loaded.apps.insert(dir.label.clone(), files);
    }
    if found.is_empty() { Ok(loaded) } else { Err(Error::invalid(found)) }
}

fn load_app(dir: &AppDir, found: &mut Diagnostics) -> Result<AppFiles, Error> {
    match &dir.origin {
        Origin::Source { .. } => read_app(dir, found),
        Origin::Program { carried, .. } => Ok(carried_app(dir, *carried)),
    }
}

/// What the program carries of an app.
fn carried_app(dir: &AppDir, carried: Option<&EmbeddedCrate>) -> AppFiles {
    let app = carried.and_then(|carried| carried.app(&dir.label));
    let file = |&(name, text): &(&str, &str)| {
        let name = MigrationName::new(name);
        MigrationFile { app: dir.label.clone(), path: dir.migration(&name), name, text: text.to_owned() }
    };
    let migrations = app.map(|app| app.migrations.iter().map(file).collect()).unwrap_or_default();
    AppFiles { dir: dir.clone(), migrations, snapshot: app.and_then(|app| app.snapshot).map(str::to_owned) }
}

fn read_app(dir: &AppDir, found: &mut Diagnostics) -> Result<AppFiles, Error> {
    let mut migrations = Vec::new();
    for path in entries(&dir.folder())?.into_iter().filter(|path| is_toml(path)) {
        let Some(name) = migration_name(&path) else {
            found.push(bad_name(&path));
            continue;
        };
        if let Some(text) = read(&path, found)? {
            migrations.push(MigrationFile { app: dir.label.clone(), name, path, text });
        }
    }
    let snapshot = dir.snapshot();
    let snapshot = if exists(&snapshot)? { read(&snapshot, found)? } else { None };
    Ok(AppFiles { dir: dir.clone(), migrations, snapshot })
}

/// The names of the folders below `root` that hold migrations.
fn folders(root: &Path) -> Result<Vec<String>, Error> {
    let holds = |path: &PathBuf| is_toml(path) && migration_name(path).is_some();
    let mut names = Vec::new();
    for folder in entries(root)?.into_iter().filter(|path| path.is_dir()) {
        let name = folder.file_name().and_then(OsStr::to_str).unwrap_or_default();
        if !name.starts_with('.') && entries(&folder)?.iter().any(holds) {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

/// The paths in a folder, sorted; none where the folder is not there.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let listed = match fs::read_dir(folder) {
        Err(error) if error.kind() == NotFound => return Ok(Vec::new()),
        listed => listed.and_then(|entries| entries.map(|entry| entry.map(|e| e.path())).collect::<io::Result<_>>()),
    };
    let mut paths: Vec<PathBuf> = listed.map_err(|error| unreadable(folder, error))?;
    paths.sort();
    Ok(paths)
}

/// A file that means to be TOML: no hidden one, and no editor's copy, which ends in something else.
fn is_toml(path: &Path) -> bool {
    let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    !hidden && path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

fn migration_name(path: &Path) -> Option<MigrationName> {
    migration::named_by_file(path.file_name()?.to_str()?)
}

fn bad_name(path: &Path) -> Diagnostic {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let place = Location { file: shown(path), line: 0, column: 0 };
    Diagnostic::error("E231", format!("`{name}` is no name of a migration"))
        .at(place)
        .help("name it like `0002_add_post_rating.toml`, or move it out of the folder")
}

fn read(path: &Path, found: &mut Diagnostics) -> Result<Option<String>, Error> {
    let bytes = fs::read(path).map_err(|error| unreadable(path, error))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].split(|byte| *byte == b'\n').count();
        let place = Location { file: shown(path), line: u32::try_from(line).unwrap_or(u32::MAX), column: 0 };
        found.push(Diagnostic::error("E235", "the file is not UTF-8").at(place).help("save it as UTF-8"));
    });
    Ok(text.ok())
}

fn exists(path: &Path) -> Result<bool, Error> {
    path.try_exists().map_err(|error| unreadable(path, error))
}

pub(super) fn unreadable(path: &Path, error: io::Error) -> Error {
    let message = format!("cannot read `{}`: {error}", shown(path));
    Error::failed(Diagnostic::error("E232", message).help("see that it is there and that you may read it"))
        .caused_by(error)
}
