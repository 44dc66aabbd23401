//! Databases for tests: each of a test's own, with everything migrated; where the engine can copy one, from a template that is made once.
//!
//! A template belongs to the very texts of the migrations and to the version of the library: where one of them changes, another is made.

#[cfg(feature = "sqlite")]
mod file;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod server;

#[cfg(any(feature = "sqlite", feature = "postgres"))]
use std::fmt::Write;
use std::path::Path;

#[cfg(any(feature = "sqlite", feature = "postgres"))]
use super::files;
use super::{MigrateOptions, Project, migrate};
use crate::backend::{Connection, Driver, Pool, pool};
use crate::error::{Error, Result};
use crate::field::Engine;
use crate::model;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
use crate::name::stable_hash;
use crate::settings::Secret;

/// A database of a test's own; it goes when this is dropped.
///
/// What a killed process left behind goes with the next run.
#[derive(Debug)]
pub struct TestDatabase {
    url: Secret,
    _kept: Kept,
}

/// What holds the database, and takes it away when it is dropped.
#[derive(Debug)]
#[expect(dead_code, reason = "they are kept for what they do when they are dropped")]
enum Kept {
    #[cfg(feature = "sqlite")]
    File(file::Copy),
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    Server(crate::backend::Tenancy),
}

impl TestDatabase {
    /// Where it is, as sqlx and others connect to it; for a server with the password of the settings.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.reveal()
    }

    /// A pool of connections to it: `let pool: SqlitePool = db.pool().await?;`.
    ///
    /// # Errors
    /// Where the pool is of another engine than the settings name (E659), or the database cannot be reached.
    pub async fn pool<D: Driver>(&self) -> Result<Pool<D>> {
        pool(&self.url).await
    }
}

/// A new database with all migrations of the project in `dir`, on the engine and the server of its default database.
///
/// `dir` is mostly `env!("CARGO_MANIFEST_DIR")`; the models are those that the program links. No test sees the rows of another.
///
/// # Errors
/// Where the project cannot be opened or migrated, or no database can be made (E655 to E657, E660).
pub async fn database(dir: impl AsRef<Path>) -> Result<TestDatabase> {
    database_of(&Project::open(dir.as_ref(), &model::registered())?).await
}

/// The same for a project that is open already.
pub async fn database_of(project: &Project) -> Result<TestDatabase> {
    let settings = project.database("default")?;
    match settings.engine {
        #[cfg(feature = "sqlite")]
        Engine::Sqlite => file::database(project, &content(project)?).await,
        #[cfg(feature = "postgres")]
        Engine::Postgres => server::copied(project, &settings, &content(project)?).await,
        #[cfg(feature = "mysql")]
        Engine::Mysql | Engine::Mariadb => server::migrated(project, &settings).await,
        #[allow(unreachable_patterns, reason = "it depends on the features which engines are left")]
        engine => Err(Error::invalid(super::connect::no_driver(engine))),
    }
}

/// Sixteen digits that stand for what the migrations say.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
fn content(project: &Project) -> Result<String> {
    let mut text = env!("CARGO_PKG_VERSION").to_owned();
    for file in files::load(&project.apps)?.files() {
        // Lengths, so that no two folders read alike.
        let _ = write!(text, "\n{} {} {}\n{}", file.app, file.name, file.text.len(), file.text);
    }
    Ok(digits(&text))
}

/// Sixteen digits that stand for the project: another checkout is another project.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
fn place(project: &Project) -> String {
    digits(&std::path::absolute(&project.dir).unwrap_or_else(|_| project.dir.clone()).to_string_lossy())
}

#[cfg(any(feature = "sqlite", feature = "postgres"))]
fn digits(text: &str) -> String {
    format!("{:016x}", stable_hash(text.as_bytes()))
}

/// Runs all migrations in an empty database.
async fn fill(project: &Project, mut connection: Connection) -> Result<()> {
    migrate(project, &mut connection, &MigrateOptions::default(), &mut |_| ()).await?;
    connection.close().await
}
