//! Where the migrations of each app come from: the source of its crate, or the program that carries them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::files::{self, AppDir, MIGRATIONS, Origin};
use crate::diagnostic::{Diagnostic, Location};
use crate::error::{Error, Result};
use crate::migration::EmbeddedCrate;
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
    files::with_former(apps)
}

fn origin(app: &AppHints, carried: &[&'static EmbeddedCrate]) -> Result<Origin> {
    let dir = Path::new(&app.manifest_dir);
    let carried = carried_by(dir, carried)?;
    let folder = carried.map_or(MIGRATIONS, |own| own.folder);
    let is_here = match carried {
        // A container may have an empty folder of the same path.
        Some(_) => dir.join("Cargo.toml").is_file() || dir.join(folder).is_dir(),
        None => dir.exists(),
    };
    let foreign = is_unpacked(dir);
    Ok(if is_here && !foreign {
        Origin::Source { folder: folder.to_owned(), carried }
    } else {
        Origin::Program { package: app.package.clone(), carried, foreign }
    })
}

/// What the crate of a folder put into the program; a library and a program of one package may both have done it.
fn carried_by(dir: &Path, carried: &[&'static EmbeddedCrate]) -> Result<Option<&'static EmbeddedCrate>> {
    let mut own = carried.iter().copied().filter(|one| Path::new(one.source.manifest_dir) == dir);
    let Some(first) = own.next() else { return Ok(None) };
    match own.find(|other| (other.folder, other.apps) != (first.folder, first.apps)) {
        Some(other) => Err(Error::invalid(carried_twice(first, other))),
        None => Ok(Some(first)),
    }
}

/// True where cargo put the crate there: out of a registry or a git repository, or into a folder of vendored crates.
///
/// It marks what it unpacks, a checkout at its root: <https://doc.rust-lang.org/cargo/guide/cargo-home.html>.
fn is_unpacked(dir: &Path) -> bool {
    dir.join(".cargo-checksum.json").is_file() || dir.ancestors().any(|folder| folder.join(".cargo-ok").is_file())
}

fn carried_twice(one: &EmbeddedCrate, other: &EmbeddedCrate) -> Diagnostic {
    let message = format!("the crate `{}` carries its migrations twice, and not the same", one.source.package);
    Diagnostic::error("E282", message)
        .at(place(other))
        .note(format!("the other `embed_migrations!` is at {}", place(one)))
        .help("write it once in a crate")
}

/// Where the `embed_migrations!` of a crate stands.
pub(super) fn place(of: &EmbeddedCrate) -> Location {
    Location { file: of.source.file.to_owned(), line: of.source.line, column: 0 }
}

impl AppDir {
    /// Why the app has no migrations, and what to do, where that is not for `makemigrations` to change.
    pub(super) fn brings_none(&self) -> Option<[String; 2]> {
        let Origin::Program { package, foreign, .. } = &self.origin else { return None };
        Some(if *foreign {
            [
                format!("the crate `{package}` is not written here, and brings no migrations of `{}`", self.label),
                format!(
                    "ask who maintains `{package}` for `fastdjango::embed_migrations!();` in its lib.rs, and for a release with it"
                ),
            ]
        } else {
            [
                format!(
                    "the source of the crate `{package}` is not here, and the program carries no migrations of `{}`",
                    self.label
                ),
                format!(
                    "write `fastdjango::embed_migrations!();` in the lib.rs of `{package}`, and build the program with its migrations"
                ),
            ]
        })
    }
}
