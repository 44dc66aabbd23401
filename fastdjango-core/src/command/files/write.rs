//! Writing files: each whole or not at all, and those of one run together as far as a file system can.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::shown;
use crate::diagnostic::Diagnostic;
use crate::error::Error;

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileWrite {
    /// Where.
    pub path: PathBuf,
    /// The whole text.
    pub text: String,
    /// It may replace a file that is there; otherwise one that is there is an error.
    pub replace: bool,
}

impl FileWrite {
    /// A file that must not be there yet.
    pub fn create(path: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into(), replace: false }
    }

    /// A file that may be there.
    pub fn replace(path: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into(), replace: true }
    }
}

/// Writes all of the files or none: temporary files beside them first, synced, then a rename for each.
///
/// Where a rename fails, those done are taken back. A crash between two renames leaves whole files, but not all of them.
pub fn write_all(files: &[FileWrite]) -> Result<(), Error> {
    write_and_remove(files, &[])
}

/// The same, and takes other files away once all of those are written.
pub fn write_and_remove(files: &[FileWrite], gone: &[PathBuf]) -> Result<(), Error> {
    let mut run = Run::default();
    let done = files.iter().try_for_each(|file| run.stage(file)).and_then(|()| run.commit());
    let done = done.and_then(|()| gone.iter().try_for_each(|path| run.put_away(path)));
    if done.is_err() {
        run.take_back();
    } else {
        run.forget();
    }
    done
}

#[derive(Default)]
struct Run {
    staged: Vec<Staged>,
    /// Files under a hidden name, and the one that they had.
    put_away: Vec<(PathBuf, PathBuf)>,
    created_folders: Vec<PathBuf>,
}

struct Staged {
    temporary: PathBuf,
    path: PathBuf,
    replace: bool,
    progress: Progress,
}

/// How far a file has come, and what it takes to go back.
enum Progress {
    Temporary,
    New,
    Replaced(Vec<u8>),
}

impl Run {
    fn stage(&mut self, file: &FileWrite) -> Result<(), Error> {
        let folder = file.path.parent().unwrap_or(Path::new(""));
        self.create_folder(folder).map_err(|error| unwritable(folder, error))?;
        let temporary = temporary(&file.path);
        let staged = Staged {
            temporary: temporary.clone(),
            path: file.path.clone(),
            replace: file.replace,
            progress: Progress::Temporary,
        };
        if !file.replace && file.path.symlink_metadata().is_ok() {
            return Err(in_the_way(&file.path));
        }
        let mut handle =
            OpenOptions::new().write(true).create_new(true).open(&temporary).map_err(|e| unwritable(&file.path, e))?;
        self.staged.push(staged);
        fill(&mut handle, file).map_err(|error| unwritable(&file.path, error))
    }

    fn create_folder(&mut self, folder: &Path) -> io::Result<()> {
        if folder.as_os_str().is_empty() || folder.is_dir() {
            return Ok(());
        }
        if let Some(parent) = folder.parent() {
            self.create_folder(parent)?;
        }
        fs::create_dir(folder)?;
        self.created_folders.push(folder.to_path_buf());
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Error> {
        for staged in &mut self.staged {
            let before = match fs::read(&staged.path) {
                Ok(_) if !staged.replace => return Err(in_the_way(&staged.path)),
                Ok(bytes) => Progress::Replaced(bytes),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Progress::New,
                Err(error) => return Err(unwritable(&staged.path, error)),
            };
            fs::rename(&staged.temporary, &staged.path).map_err(|error| unwritable(&staged.path, error))?;
            staged.progress = before;
        }
        for staged in &self.staged {
            sync_folder(&staged.path);
        }
        Ok(())
    }

    fn put_away(&mut self, path: &Path) -> Result<(), Error> {
        let hidden = temporary(path);
        fs::rename(path, &hidden).map_err(|error| unwritable(path, error))?;
        self.put_away.push((hidden, path.to_owned()));
        Ok(())
    }

    /// Removes what was put away: nothing can fail any more that would want it back.
    fn forget(&self) {
        for (hidden, path) in &self.put_away {
            let _ = fs::remove_file(hidden);
            sync_folder(path);
        }
    }

    /// Undoes what was done, as well as it can be: the first error is the one to tell.
    fn take_back(&self) {
        for (hidden, path) in self.put_away.iter().rev() {
            let _ = fs::rename(hidden, path);
        }
        for staged in self.staged.iter().rev() {
            let _ = match &staged.progress {
                Progress::Temporary => fs::remove_file(&staged.temporary),
                Progress::New => fs::remove_file(&staged.path),
                Progress::Replaced(bytes) => {
                    fs::write(&staged.temporary, bytes).and_then(|()| fs::rename(&staged.temporary, &staged.path))
                }
            };
        }
        for folder in self.created_folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

fn fill(handle: &mut File, file: &FileWrite) -> io::Result<()> {
    handle.write_all(file.text.as_bytes())?;
    if let Ok(there) = fs::metadata(&file.path) {
        handle.set_permissions(there.permissions())?;
    }
    handle.sync_all()
}

/// A hidden name beside the file, of this process alone.
fn temporary(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", std::process::id()));
    path.with_file_name(name)
}

/// Makes a rename last: on Unix it is the folder that must reach the disk; elsewhere a folder cannot be opened.
fn sync_folder(path: &Path) {
    if cfg!(unix)
        && let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty())
        && let Ok(folder) = File::open(folder)
    {
        let _ = folder.sync_all();
    }
}

fn in_the_way(path: &Path) -> Error {
    let fault = Diagnostic::error("E236", format!("`{}` is there already, and would be overwritten", shown(path)));
    Error::failed(fault.help("run the command again: it reads the file first"))
}

fn unwritable(path: &Path, error: io::Error) -> Error {
    let fault = Diagnostic::error("E233", format!("cannot write `{}`: {error}", shown(path)));
    Error::failed(fault.help("see that the folder is there and that you may write to it")).caused_by(error)
}
