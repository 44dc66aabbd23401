//! The files of a project: migrations, snapshots, and settings, found, read, and written whole or not at all.

mod find;
mod list;
mod load;
mod write;

pub(super) use find::home;
pub use find::{SETTINGS_FILE, find, load_settings};
pub(super) use list::{lines, matching};
pub(super) use load::MIGRATIONS;
pub use load::{AppDir, AppFiles, Loaded, MigrationFile, Origin, load, with_former};
pub use write::{FileWrite, write_all, write_and_remove};

use std::path::Path;

/// The path as a person would type it here: relative to the current folder, where it lies below.
#[must_use]
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let relative = here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_path_buf));
    relative.as_deref().filter(|path| !path.as_os_str().is_empty()).unwrap_or(path).display().to_string()
}
