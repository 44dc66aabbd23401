//! Reading `fastdjango.toml` and the environment.

use std::fs;
use std::io::ErrorKind::NotFound;
use std::path::Path;

use super::load::unreadable;
use super::{SETTINGS_FILE, shown};
use crate::error::{Error, Result};
use crate::settings::Settings;

/// The settings of the project in `dir`; those of a project without a file where there is none.
pub fn settings(dir: &Path) -> Result<Settings> {
    let path = dir.join(SETTINGS_FILE);
    let environment = |name: &str| std::env::var(name).ok();
    let settings = match fs::read_to_string(&path) {
        Ok(text) => Settings::parse(&text, &shown(&path), dir, &environment),
        Err(error) if error.kind() == NotFound => Settings::without_file(dir, &environment),
        Err(error) => return Err(unreadable(&path, error)),
    };
    settings.map_err(Error::invalid)
}
