//! What is not written here: the migrations of crates whose source is somebody else's or elsewhere, and those of a program that is
//! older than its source.

use std::collections::BTreeMap;

use super::files::{self, AppDir, Loaded, Origin};
use super::origin::place;
use super::project::Project;
use crate::detect::Question;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, Result};
use crate::migration::{EmbeddedApp, EmbeddedCrate, Migration};
use crate::name::{AppLabel, MigrationRef};

impl AppDir {
    /// The app, where its migrations are written here; else the refusal that says why not.
    pub(super) fn to_write(&self) -> Result<&Self> {
        match &self.origin {
            Origin::Source { .. } => Ok(self),
            Origin::Program { package, foreign, .. } => Err(Error::invalid(if *foreign {
                of_somebody_else(&self.label, package)
            } else {
                from_elsewhere(&self.label, package)
            })),
        }
    }

    fn package(&self) -> Option<&str> {
        match &self.origin {
            Origin::Source { .. } => None,
            Origin::Program { package, .. } => Some(package),
        }
    }
}

fn of_somebody_else(label: &AppLabel, package: &str) -> Diagnostic {
    let message = format!("the migrations of `{label}` are those of the crate `{package}`, and are not written here");
    Diagnostic::error("E279", message)
        .note("cargo unpacked that crate: it is somebody else's, and what it brings is only read")
        .note("nothing was written")
        .help(format!("make the change in the source of `{package}`, and build with the version that has it"))
        .help("to name it in the order: `dependencies` or `before` in a migration of your own")
}

fn from_elsewhere(label: &AppLabel, package: &str) -> Diagnostic {
    let message = format!("the migrations of `{label}` cannot be written: the source of `{package}` is not here");
    let fault =
        Diagnostic::error("E279", message).note("the program was built elsewhere, and reads those that it carries");
    built_where_it_is(fault.note("nothing was written"), package)
}

fn built_where_it_is(fault: Diagnostic, package: &str) -> Diagnostic {
    fault
        .help("run this where the source is, and build the program again")
        .help(format!("cargo does not see that a folder was moved: `cargo clean -p {package}` before"))
}

/// Refuses what was detected where it can be no migration of this project.
///
/// That is a change in an app that is not written here, decided or still asked about (E280), and one that a program found which was built
/// of other files than the source has by now (E281): its models may be as old, and the change the way back.
pub(super) fn refuse(project: &Project, migrations: &[Migration], questions: &[Question]) -> Result<()> {
    let mut apps: BTreeMap<AppLabel, Vec<String>> = BTreeMap::new();
    for migration in migrations {
        let all = migration.operations.iter().map(|one| one.describe().to_string());
        apps.entry(migration.app.clone()).or_default().extend(all);
    }
    for question in questions {
        apps.entry(question.app()).or_default().push(question.message.clone());
    }
    let mut found = Diagnostics::default();
    for (label, changes) in apps {
        let app = project.app(&label)?;
        match &app.origin {
            Origin::Source { carried: Some(carried), .. } => found.extend(older(app, carried)?),
            Origin::Source { carried: None, .. } => {}
            Origin::Program { .. } => found.push(differing(app, changes)),
        }
    }
    if found.is_empty() { Ok(()) } else { Err(Error::invalid(found)) }
}

fn differing(app: &AppDir, changes: Vec<String>) -> Diagnostic {
    let package = app.package().unwrap_or_default();
    let message = format!("the models of `{}` are not what the migrations of the crate `{package}` make", app.label);
    let fault = changes.into_iter().fold(Diagnostic::error("E280", message), Diagnostic::note);
    let fault = fault.note("nothing was written");
    match (&app.origin, app.brings_none()) {
        (Origin::Program { carried: Some(carried), foreign, .. }, _) if carried.app(&app.label).is_some() => {
            let another = || format!("use another version of `{package}`, and tell who maintains it");
            if *foreign { fault.help(another()) } else { built_where_it_is(fault, package) }
        }
        (_, Some([why, help])) => fault.note(why).help(help),
        (_, None) => fault,
    }
}

/// The refusal of a program that carries other files of an app than its source has.
fn older(app: &AppDir, carried: &EmbeddedCrate) -> Result<Diagnostics> {
    let loaded = files::load(std::slice::from_ref(app))?;
    let built = carried.app(&app.label);
    let differ = differ(app, &loaded, built);
    if differ.is_empty() {
        return Ok(Diagnostics::default());
    }
    let message = format!("the program was built of other migrations of `{}` than its source has", app.label);
    let fault = Diagnostic::error("E281", message).at(place(carried));
    let fault = differ.iter().fold(fault, |fault, file| fault.note(format!("`{file}` is not what was built")));
    let fault = fault.note("its models may be as old, and the change the way back").note("nothing was written");
    let fault = fault.help("build the program again, and repeat this: `cargo run` does both");
    Err(Error::invalid(if is_seen(app, &loaded, built) {
        fault
    } else {
        fault.help(format!("cargo sees nothing to build, as the snapshot is the same: `touch {}`", carried.source.file))
    }))
}

/// The files that only one side has, or that are not the same on both, as messages call them.
fn differ(app: &AppDir, loaded: &Loaded, built: Option<&EmbeddedApp>) -> Vec<String> {
    let here: BTreeMap<String, String> =
        loaded.files().map(|file| (file.name.to_string(), plain(&file.text))).collect();
    let built = built.map(|app| app.migrations).unwrap_or_default();
    let built: BTreeMap<String, String> = built.iter().map(|&(name, text)| (name.to_owned(), plain(text))).collect();
    let mut names: Vec<&String> =
        here.keys().chain(built.keys()).filter(|name| here.get(*name) != built.get(*name)).collect();
    names.sort();
    names.dedup();
    names.into_iter().map(|name| files::shown(&app.migration(&name.as_str().into()))).collect()
}

/// True where cargo builds again by itself: it watches the files that were built, the snapshot among them, and no folder.
fn is_seen(app: &AppDir, loaded: &Loaded, built: Option<&EmbeddedApp>) -> bool {
    let Some(built) = built else { return false };
    let snapshot = loaded.apps.get(&app.label).and_then(|files| files.snapshot.as_deref()).map(plain);
    let is_there = |&(name, text): &(&str, &str)| {
        loaded.files().any(|file| file.name == *name && plain(&file.text) == plain(text))
    };
    snapshot != built.snapshot.map(plain) || !built.migrations.iter().all(is_there)
}

/// A checkout may end lines otherwise than the one that the program was built of.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// Migrations of a crate that is not written here, for which `render` would have something to write.
pub(super) fn passed_over(app: &AppDir, migrations: &[MigrationRef]) -> Diagnostic {
    let package = app.package().unwrap_or_default();
    let message =
        format!("the SQL of `{}` is not rendered: its migrations are those of the crate `{package}`", app.label);
    let fault = Diagnostic::warning("W279", message);
    let fault = migrations.iter().fold(fault, |fault, name| {
        fault.note(format!("`{name}` has no SQL of its operations for a database that the settings render for"))
    });
    fault.help(format!(
        "on such a database it cannot run: ask who maintains `{package}` for its SQL, or do without `{}` there",
        app.label
    ))
}
