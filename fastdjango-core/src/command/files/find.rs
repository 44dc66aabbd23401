//! Finding the project.

use std::path::{Path, PathBuf};

/// The name of the settings' file.
pub const SETTINGS_FILE: &str = "fastdjango.toml";

/// The folder of the project: the nearest at or above `start` that holds a `fastdjango.toml`.
#[must_use]
pub fn find(start: &Path) -> Option<PathBuf> {
    start.ancestors().find(|folder| folder.join(SETTINGS_FILE).is_file()).map(Path::to_path_buf)
}
