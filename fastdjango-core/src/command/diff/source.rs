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
use crate::migration::{Described, parse_state};
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
            _ => Err(unknown(text)),
        }
    }
}

fn unknown(text: &str) -> Diagnostic {
    let typed = text.split(':').next().unwrap_or_default();
    let unknown = Diagnostic::error("E310", format!("`{text}` is no state that can be compared"));
    let unknown = match nearest(typed, ["models", "migrations", "empty", "snapshot"]) {
        Some("snapshot") => unknown.help("did you mean `snapshot:PATH`?"),
        Some(near) => unknown.help(format!("did you mean `{near}`?")),
        None => unknown,
    };
    unknown.help(
        "models           what the models of the program say\n\
         migrations       what the migration files lead to\n\
         empty            nothing\n\
         snapshot:PATH    what a JSON document says, or a folder of them; `-` is standard input",
    )
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

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
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
