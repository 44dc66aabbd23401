//! Where the migrations of each app come from: the source of its crate, or the program that carries them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::files::{self, AppDir, MIGRATIONS, Origin};
use super::project::Project;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::error::{Error, Result};
use crate::migration::EmbeddedCrate;
#[cfg(feature = "render")]
use crate::migration::Migration;
use crate::name::AppLabel;
use crate::state::AppHints;

/// The folders of the apps that have models, and of those that only have migrations.
///
/// The source of a crate counts where it is here, since it is what people write and review. A crate that cargo unpacked is somebody
/// else's: of that, and of one whose source is not here, what the program carries counts.
pub(super) fn apps(hints: &BTreeMap<AppLabel, AppHints>, carried: &[&'static EmbeddedCrate]) -> Result<Vec<AppDir>> {
    let mut origins: BTreeMap<&str, Origin> = BTreeMap::new();
    let mut apps = Vec::with_capacity(hints.len());
    for (label, app) in hints {
        let dir = app.manifest_dir.as_str();
        if !origins.contains_key(dir) {
            origins.insert(dir, origin(app, carried)?);
        }
        let Some(origin) = origins.get(dir).cloned() else { continue };
        apps.push(AppDir { label: label.clone(), manifest_dir: PathBuf::from(dir), origin });
    }
    let mut apps = files::with_former(apps)?;
    for app in &mut apps {
        compare(app, carried)?;
    }
    Ok(apps)
}

fn origin(app: &AppHints, carried: &[&'static EmbeddedCrate]) -> Result<Origin> {
    let dir = Path::new(&app.manifest_dir);
    let own = carried_by(dir, carried)?;
    let folder = own.map_or(MIGRATIONS, |own| own.folder);
    let is_here = dir.join("Cargo.toml").is_file() || dir.join(folder).is_dir();
    Ok(match own {
        Some(own) if !is_here || is_unpacked(dir) => Origin::Program(own),
        None if is_unpacked(dir) => Origin::Nowhere(app.package.clone()),
        _ => Origin::Source { folder: folder.to_owned(), stale: Vec::new() },
    })
}

/// What the crate of a folder put into the program; a library and a program of one package may both have done it.
fn carried_by(dir: &Path, carried: &[&'static EmbeddedCrate]) -> Result<Option<&'static EmbeddedCrate>> {
    let mut own = carried.iter().copied().filter(|one| Path::new(one.source.manifest_dir) == dir);
    let Some(first) = own.next() else { return Ok(None) };
    match own.find(|other| (other.folder, other.apps) != (first.folder, first.apps)) {
        Some(other) => Err(Error::invalid(two_folders(first, other))),
        None => Ok(Some(first)),
    }
}

/// True where cargo put the crate there: out of a registry or a git repository, or into a folder of vendored crates.
///
/// It marks what it unpacks, a checkout at its root: <https://doc.rust-lang.org/cargo/guide/cargo-home.html>.
fn is_unpacked(dir: &Path) -> bool {
    dir.join(".cargo-checksum.json").is_file() || dir.ancestors().any(|folder| folder.join(".cargo-ok").is_file())
}

/// Notes the files of a source that the program, built of it, has otherwise.
fn compare(app: &mut AppDir, carried: &[&'static EmbeddedCrate]) -> Result<()> {
    let Origin::Source { .. } = &app.origin else { return Ok(()) };
    let Some(own) = carried_by(&app.manifest_dir, carried)? else { return Ok(()) };
    let loaded = files::load(std::slice::from_ref(app))?;
    let here: BTreeMap<String, String> =
        loaded.files().map(|file| (file.name.to_string(), plain(&file.text))).collect();
    let built: BTreeMap<String, String> = own
        .app(&app.label)
        .map(|own| own.migrations.iter().map(|&(name, text)| (name.to_owned(), plain(text))).collect())
        .unwrap_or_default();
    let names = here.keys().chain(built.keys().filter(|name| !here.contains_key(*name)));
    let differ = names.filter(|name| here.get(*name) != built.get(*name));
    let mut differ: Vec<String> = differ.map(|name| files::shown(&app.migration(&name.as_str().into()))).collect();
    differ.sort();
    if let Origin::Source { stale, .. } = &mut app.origin {
        *stale = differ;
    }
    Ok(())
}

/// A checkout may end lines otherwise than the one that the program was built of.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn two_folders(one: &EmbeddedCrate, other: &EmbeddedCrate) -> Diagnostic {
    let place = |of: &EmbeddedCrate| Location { file: of.source.file.to_owned(), line: of.source.line, column: 0 };
    let message = format!("the crate `{}` carries its migrations twice, and not the same", one.source.package);
    Diagnostic::error("E282", message)
        .at(place(other))
        .note(format!("the other `embed_migrations!` is at {}", place(one)))
        .help("write it once in a crate")
}

impl Project {
    /// Refuses a program that carries other migrations than the source that it was built of has by now: which of them counts?
    pub(super) fn refuse_stale(&self) -> Result<()> {
        let stale = self.apps.iter().filter_map(|app| match &app.origin {
            Origin::Source { stale, .. } if !stale.is_empty() => Some(older(&app.label, stale)),
            _ => None,
        });
        let stale = Diagnostics(stale.collect());
        if stale.is_empty() { Ok(()) } else { Err(Error::invalid(stale)) }
    }
}

fn older(label: &AppLabel, stale: &[String]) -> Diagnostic {
    let message = format!("this program carries other migrations of `{label}` than its source has");
    let fault = Diagnostic::error("E281", message);
    let fault = stale.iter().fold(fault, |fault, file| fault.note(format!("`{file}` is not what was built")));
    fault
        .note("nothing was run or written")
        .help("build the program again: `cargo run` does, and `cargo build`")
        .help("where cargo sees nothing to build (a file came without its snapshot): `makemigrations`, or `touch` the file with `embed_migrations!`")
}

#[cfg(feature = "render")]
impl Origin {
    /// How a message calls where the files are: whose crate it is, where it is nobody's folder.
    fn whose(&self) -> Option<&str> {
        match self {
            Self::Source { .. } => None,
            Self::Program(carried) => Some(carried.source.package),
            Self::Nowhere(package) => Some(package),
        }
    }
}

#[cfg(feature = "render")]
impl AppDir {
    /// The app, where its migrations are written here; else the refusal that says whose they are.
    pub(super) fn to_write(&self) -> Result<&Self> {
        let Some(package) = self.origin.whose() else { return Ok(self) };
        let message =
            format!("the migrations of `{}` are those of the crate `{package}`, and are not written here", self.label);
        Err(Error::invalid(
            Diagnostic::error("E279", message)
                .note("its source is not in this workspace; what it brings is in the program, and is only read")
                .note("nothing was written")
                .help(format!("make the change in the source of `{package}`, and build with that version"))
                .help("to name it in the order: `dependencies` or `before` in a migration of your own"),
        ))
    }
}

/// Refuses where the models of a crate whose migrations are not written here are not what those make.
#[cfg(feature = "render")]
pub(super) fn refuse_differing(project: &Project, migrations: &[Migration]) -> Result<()> {
    let mut found = Diagnostics::default();
    for migration in migrations {
        let app = project.app(&migration.app)?;
        let Some(package) = app.origin.whose() else { continue };
        let message =
            format!("the models of `{}` are not what the migrations of the crate `{package}` make", app.label);
        let fault = Diagnostic::error("E280", message);
        let fault = migration.operations.iter().fold(fault, |fault, one| fault.note(one.describe().to_string()));
        found.push(
            fault
                .note("nothing was written")
                .help(format!("use another version of `{package}`, and tell who maintains it")),
        );
    }
    if found.is_empty() { Ok(()) } else { Err(Error::invalid(found)) }
}
