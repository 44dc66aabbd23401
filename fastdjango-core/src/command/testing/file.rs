//! A file of SQLite for each test, copied from a template in the folder for temporary files.
//!
//! Whoever makes a template or a copy holds the folder's lock meanwhile; each copy is locked as long as its test runs, so that what
//! is not locked is nobody's any more.

use std::fmt::Write;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{Kept, Project, TestDatabase, fill, place};
use crate::backend::{Access, Connection, run_id};
use crate::diagnostic::Diagnostic;
use crate::error::{Error, ErrorKind, Result};
use crate::settings::Secret;

/// How long somebody else may take to make the template.
const PATIENCE: Duration = Duration::from_mins(10);

/// How long a template of other migrations is kept: somebody goes there and back between two branches.
const KEPT: Duration = Duration::from_hours(24);

/// A copy; its file goes when this is dropped.
#[derive(Debug)]
pub(super) struct Copy {
    file: PathBuf,
    lock: PathBuf,
    _held: File,
}

impl Drop for Copy {
    fn drop(&mut self) {
        discard(&self.file);
        let _ = fs::remove_file(&self.lock);
    }
}

/// A copy of the template, which is made where it is not there.
pub(super) async fn database(project: &Project, content: &str) -> Result<TestDatabase> {
    let folder = std::env::temp_dir().join(format!("fastdjango-testing-{}", place(project)));
    make_folder(&folder)?;
    let held = lock(&folder).await?;
    let template = folder.join(format!("template-{content}.sqlite3"));
    sweep(&folder)?;
    if !template.exists() {
        let making = folder.join("making.sqlite3");
        discard(&making);
        fill(project, Connection::open_sqlite(&making, Access::Write).await?).await?;
        // A template has its name only from the moment on at which it is whole.
        fs::rename(&making, &template).map_err(|error| unusable(&template, error))?;
    }
    let copy = copy(&folder, &template)?;
    drop(held);
    Ok(TestDatabase { url: Secret::new(url(&copy.file)), _kept: Kept::File(copy) })
}

/// Nobody but us may write there: a database of somebody else's could stand in the place of ours.
fn make_folder(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map_err(|error| unusable(folder, error)),
    }
}

/// The folder's lock; it is asked for again and again, since a test beside us may have to go on before it is free.
async fn lock(folder: &Path) -> Result<File> {
    let path = folder.join("lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|error| unusable(&path, error))?;
    let started = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(unusable(&path, error)),
            Err(TryLockError::WouldBlock) if started.elapsed() > PATIENCE => return Err(held(&path)),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(Duration::from_millis(2)).await,
        }
    }
}

fn copy(folder: &Path, template: &Path) -> Result<Copy> {
    let name = format!("test-{}", run_id());
    let [file, lock] = ["sqlite3", "lock"].map(|ending| folder.join(format!("{name}.{ending}")));
    let held = File::create(&lock).map_err(|error| unusable(&lock, error))?;
    held.lock().map_err(|error| unusable(&lock, error))?;
    let copy = Copy { file, lock, _held: held };
    fs::copy(template, &copy.file).map_err(|error| unusable(&copy.file, error))?;
    Ok(copy)
}

/// Takes away the copies that nobody holds, and the templates that nobody has used for long.
fn sweep(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(|error| unusable(folder, error))?.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let age = entry.metadata().and_then(|file| file.modified()).ok().and_then(|at| at.elapsed().ok());
        if name.starts_with("template-") && age.is_some_and(|age| age > KEPT) {
            let _ = fs::remove_file(&path);
        }
        if name.starts_with("test-")
            && path.extension().is_some_and(|ending| ending == "lock")
            && File::open(&path).is_ok_and(|file| file.try_lock().is_ok())
        {
            discard(&path.with_extension("sqlite3"));
            let _ = fs::remove_file(&path);
        }
    }
    Ok(())
}

/// Removes a database, with what SQLite keeps beside it. <https://www.sqlite.org/tempfiles.html>
fn discard(file: &Path) {
    for ending in ["", "-journal", "-wal", "-shm"] {
        let mut path = file.as_os_str().to_owned();
        path.push(ending);
        let _ = fs::remove_file(path);
    }
}

/// The file as a URL: what means something in one is written as its number.
fn url(file: &Path) -> String {
    let mut url = "sqlite://".to_owned();
    for byte in file.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b':' | b'\\' => {
                url.push(char::from(*byte));
            }
            _ => {
                let _ = write!(url, "%{byte:02X}");
            }
        }
    }
    url
}

fn unusable(path: &Path, error: io::Error) -> Error {
    let message = format!("no database for a test can be made: `{}`: {error}", path.display());
    let help = "see that the folder for temporary files has room and belongs to you, or name another by `TMPDIR`";
    Error::failed(Diagnostic::error("E655", message).help(help)).caused_by(error)
}

fn held(path: &Path) -> Error {
    let message = format!("another process has held `{}` for {} minutes", path.display(), PATIENCE.as_secs() / 60);
    let help = "it makes the template for the tests of this project: see what keeps it from that, or end it";
    Error::new(ErrorKind::Locked, Diagnostic::error("E656", message).help(help))
}
