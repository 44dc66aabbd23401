//! Finding the project.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::load::unreadable;
use super::shown;
use crate::error::Error;
use crate::settings::{Env, Settings};

/// The name of the settings' file.
pub const SETTINGS_FILE: &str = "fastdjango.toml";

/// The folder of the project: the nearest at or above `start` that holds a `fastdjango.toml`.
#[must_use]
pub fn find(start: &Path) -> Option<PathBuf> {
    start.ancestors().find(|folder| folder.join(SETTINGS_FILE).is_file()).map(Path::to_path_buf)
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
