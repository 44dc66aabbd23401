//! Finding the project.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::load::unreadable;
use super::shown;
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::settings::{Env, Settings};

/// The name of the settings' file.
pub const SETTINGS_FILE: &str = "fastdjango.toml";

/// The folder of the project: the nearest at or above `start` that holds a `fastdjango.toml`.
#[must_use]
pub fn find(start: &Path) -> Option<PathBuf> {
    start.ancestors().find(|folder| folder.join(SETTINGS_FILE).is_file()).map(Path::to_path_buf)
}

/// The folder of the project that `dir` is in; where that is not there, since the program was built elsewhere, of the current one.
///
/// There it needs settings, or a `DATABASE_URL`: else a database of its own would be made. A program that `carries` migrations may find a
/// folder at the place of its source that is another, as in a container.
pub(in crate::command) fn home(dir: &Path, carries: bool, env: Env<'_>) -> Result<PathBuf, Error> {
    let found = if dir.exists() { find(dir) } else { None };
    let is_here = if carries { dir.join("Cargo.toml").is_file() } else { dir.exists() };
    if found.is_some() || is_here {
        return Ok(found.unwrap_or_else(|| dir.to_owned()));
    }
    let here = std::env::current_dir().map_err(|error| unreadable(Path::new("."), error))?;
    match find(&here) {
        Some(found) => Ok(found),
        None if env("DATABASE_URL").is_some() => Ok(here),
        None => Err(Error::invalid(
            Diagnostic::error("E283", "the program runs without its source, and nothing says which database is meant")
                .note(format!(
                    "neither the current folder nor one above it has a {SETTINGS_FILE}, and DATABASE_URL is not set"
                ))
                .help(format!("set DATABASE_URL, or put a {SETTINGS_FILE} into the current folder")),
        )),
    }
}

/// The settings of the project in `project_dir`; those of a project without a file, where it has none.
pub fn load_settings(project_dir: &Path, env: Env<'_>) -> Result<Settings, Error> {
    let path = project_dir.join(SETTINGS_FILE);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(unreadable(&path, error)),
    };
    Settings::parse(&text, &shown(&path), project_dir, env).map_err(Error::invalid)
}
