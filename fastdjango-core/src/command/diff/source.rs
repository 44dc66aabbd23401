//! The sides of a comparison: what a person types, the files that it names, and the state that they describe.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::super::files::shown;
use super::super::project::Project;
use crate::detect::Past;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::error::{Error, Result};
use crate::field::Engine;
use crate::migration::{Described, parse_state};
use crate::settings::Secret;
use crate::source::nearest;
use crate::state::ProjectState;
use crate::state::whole::contradiction;

/// A side as a person types it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SideName {
    /// `models`: what the program's models say.
    Models,
    /// `migrations`: what the migration files lead to.
    Migrations,
    /// `empty`: nothing.
    Empty,
    /// `snapshot:PATH`: what documents say, several of them parted by commas; `-` is standard input.
    Snapshots(Vec<String>),
    /// `db:NAME` or a URL: what a database has.
    Database(DatabaseName),
}

/// A database as a person types it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseName {
    /// One of the settings.
    Named(String),
    /// Where it is, and who connects, perhaps with a password.
    Url(Secret),
}

/// A document that describes a state, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateText {
    /// Where it is from, as a person would type it.
    pub shown: String,
    /// The text.
    pub text: String,
}

/// A side with everything that it takes to know its state.
#[derive(Clone, Debug)]
pub enum Side<'a> {
    /// What the models of a project say.
    Models(&'a Project),
    /// What the migration files of a project lead to.
    Migrations(&'a Project),
    /// Nothing.
    Empty,
    /// What documents say.
    Snapshots(Vec<StateText>),
    /// What a database has.
    Database {
        /// As models.
        state: Box<ProjectState>,
        /// What no model can say.
        left_out: Diagnostics,
    },
}

impl FromStr for SideName {
    type Err = Diagnostic;

    fn from_str(text: &str) -> Result<Self, Diagnostic> {
        match text.split_once(':') {
            None if text == "models" => Ok(Self::Models),
            None if text == "migrations" => Ok(Self::Migrations),
            None if text == "empty" => Ok(Self::Empty),
            Some(("snapshot", paths)) if !paths.is_empty() => {
                Ok(Self::Snapshots(paths.split(',').map(str::to_owned).collect()))
            }
            Some(("db", url)) if url.contains(':') => Ok(Self::Database(DatabaseName::Url(Secret::new(url)))),
            Some(("db", name)) if !name.is_empty() => Ok(Self::Database(DatabaseName::Named(name.to_owned()))),
            Some((scheme, _)) if is_engine(scheme) => Ok(Self::Database(DatabaseName::Url(Secret::new(text)))),
            _ => Err(unknown(text)),
        }
    }
}

fn is_engine(scheme: &str) -> bool {
    scheme.split('+').next().is_some_and(|engine| engine.parse::<Engine>().is_ok())
}

/// What follows a scheme may hold a password, so that no more than the scheme is said.
fn unknown(text: &str) -> Diagnostic {
    let typed = text.split(':').next().unwrap_or_default();
    let shown = if text.contains("//") { format!("{typed}:…") } else { text.to_owned() };
    let unknown = Diagnostic::error("E310", format!("`{shown}` is no state that can be compared"));
    let unknown = match nearest(typed, ["models", "migrations", "empty", "snapshot", "db"]) {
        Some("snapshot") => unknown.help("did you mean `snapshot:PATH`?"),
        Some("db") => unknown.help("did you mean `db:NAME`?"),
        Some(near) => unknown.help(format!("did you mean `{near}`?")),
        None => unknown,
    };
    unknown.help(
        "models           what the models of the program say\n\
         migrations       what the migration files lead to\n\
         empty            nothing\n\
         snapshot:PATH    what a JSON document says, or a folder of them; `-` is standard input\n\
         db:NAME          what a database of the settings has, or that of a URL such as `postgres://…`",
    )
}

/// A database can be named only where there are settings.
pub(super) fn no_settings(name: &str) -> Diagnostic {
    Diagnostic::error("E315", format!("`{name}` is a name out of settings, and there are none"))
        .help("name the folder that has them with `--project`, or write the URL of the database")
}

impl StateText {
    /// Reads a file, or the snapshots of a folder: its `snapshot.json`, or else those of the folders in it, as in `migrations/`.
    pub fn read(path: &str) -> Result<Vec<Self>> {
        let path = Path::new(path);
        let files = if path.is_dir() { snapshots(path)? } else { vec![path.to_owned()] };
        files.iter().map(|file| Ok(Self { shown: shown(file), text: text(file)? })).collect()
    }
}

fn snapshots(folder: &Path) -> Result<Vec<PathBuf>> {
    let own = folder.join("snapshot.json");
    if own.is_file() {
        return Ok(vec![own]);
    }
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let inner = entries.filter_map(|entry| Some(entry.ok()?.path().join("snapshot.json")));
    let mut found: Vec<PathBuf> = inner.filter(|path| path.is_file()).collect();
    found.sort();
    if found.is_empty() {
        let message = format!("`{}` holds no `snapshot.json`, and no folder in it does", shown(folder));
        return Err(Error::invalid(
            Diagnostic::error("E311", message).help("name the file, or the folder of migrations"),
        ));
    }
    Ok(found)
}

fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| unreadable(path, &error))
}

pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    let fault = Diagnostic::error("E232", format!("cannot read `{}`: {error}", shown(path)));
    Error::failed(fault.help("see that it is there and that you may read it"))
}

/// The state that documents describe together, and the history that they tell of.
pub(super) fn state(texts: &[StateText]) -> Result<(ProjectState, Past)> {
    let (mut state, mut past) = (ProjectState::default(), Past::default());
    let (mut places, mut found) = (BTreeMap::new(), Diagnostics::default());
    for StateText { shown, text } in texts {
        match parse_state(shown, text) {
            Ok(mut described) => {
                places.append(&mut described.places);
                add(described, shown, &mut state, &mut past, &mut found);
            }
            Err(faults) => found.extend(faults),
        }
    }
    if found.is_empty() {
        found = state.contradictions(&|model| places.get(model).cloned());
    }
    if found.is_empty() { Ok((state, past)) } else { Err(Error::invalid(found)) }
}

fn add(described: Described, shown: &str, state: &mut ProjectState, past: &mut Past, found: &mut Diagnostics) {
    let place = || Location { file: shown.to_owned(), line: 0, column: 0 };
    for (name, model) in described.models {
        if state.models.contains_key(&name) {
            found.push(contradiction(format!("another document has a model `{name}` already")).at(place()));
        }
        state.models.insert(name, model);
    }
    for (name, values) in described.enums {
        if state.enums.insert(name.clone(), values).is_some() {
            found.push(contradiction(format!("another document has an enum `{name}` already")).at(place()));
        }
    }
    past.leaves.extend(described.leaf.map(|leaf| (leaf.app, leaf.name)));
    past.touched.extend(described.touched);
}
