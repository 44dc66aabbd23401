//! One database.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Secret;
use crate::diagnostic::Diagnostic;
use crate::field::Engine;

const MEMORY: &str = ":memory:";

/// Where a database is, and who connects to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Database {
    /// The engine.
    pub engine: Engine,
    /// The database's name; for `SQLite` the file, as it was written, or `:memory:`.
    pub name: String,
    /// For `SQLite` the file, resolved against the project's folder; `None` in memory, and for a server.
    pub file: Option<PathBuf>,
    /// Who connects.
    pub user: Option<String>,
    /// Their password.
    pub password: Option<Secret>,
    /// The server.
    pub host: Option<String>,
    /// The server's port.
    pub port: Option<u16>,
    /// How the connection is encrypted, in the engine's own word.
    pub sslmode: Option<String>,
    /// The certificate of who vouches for the server, resolved against the project's folder.
    pub ca: Option<PathBuf>,
    /// Our own certificate, where the server wants one, resolved against the project's folder.
    pub cert: Option<PathBuf>,
    /// The private key of [`Database::cert`], resolved against the project's folder.
    pub key: Option<PathBuf>,
    /// What else a URL asks for, after its `?`.
    pub options: BTreeMap<String, String>,
    /// The role that migrations take on, whose own everything is that they make; `PostgreSQL` only.
    pub role: Option<String>,
    /// The schema of the tables that name none, and of the history; `None` for that of the session. `PostgreSQL` only.
    pub schema: Option<String>,
    /// Where migrations connect instead: to the server itself, past a pooler that the application goes through.
    pub migration: Option<Box<Database>>,
}

impl Database {
    /// A database without a server, user, or options.
    pub fn new(engine: Engine, name: impl Into<String>) -> Self {
        Self {
            engine,
            name: name.into(),
            file: None,
            user: None,
            password: None,
            host: None,
            port: None,
            sslmode: None,
            ca: None,
            cert: None,
            key: None,
            options: BTreeMap::new(),
            role: None,
            schema: None,
            migration: None,
        }
    }

    /// The database of a URL, such as `postgres://user:password@host:5432/name`; files are below `dir`, and `what` says where it stands.
    ///
    /// # Errors
    /// Where it is no URL of a database, without a word of what it holds.
    pub fn from_url(what: &str, url: &Secret, dir: &Path) -> Result<Self, Diagnostic> {
        super::url::read(what, url.reveal()).map(|database| database.resolved(dir))
    }

    /// A `SQLite` database in a file of the project, or in memory where the name is `:memory:`.
    pub fn sqlite(name: impl Into<String>, project_dir: &Path) -> Self {
        Self::new(Engine::Sqlite, name).resolved(project_dir)
    }

    /// The database as migrations connect to it.
    #[must_use]
    pub fn for_migrations(&self) -> &Self {
        self.migration.as_deref().unwrap_or(self)
    }

    /// Where it is, in words that hold no secret: `sqlite, db.sqlite3`, `postgres, blog at db.example.com:5432, schema one`.
    #[must_use]
    pub fn describe(&self) -> String {
        let mut words = format!("{}, {}", self.engine, self.name);
        if let Some(host) = &self.host {
            words.push_str(" at ");
            words.push_str(host);
            if let Some(port) = self.port {
                let _ = write!(words, ":{port}");
            }
        }
        if let Some(schema) = &self.schema {
            let _ = write!(words, ", schema {schema}");
        }
        words
    }

    /// Lets migrations connect elsewhere, in the same role.
    pub(super) fn direct(&mut self, direct: Self) {
        self.migration = Some(Box::new(Self { role: self.role.clone(), ..direct }));
    }

    /// Resolves relative paths against the project's folder.
    pub(super) fn resolved(mut self, project_dir: &Path) -> Self {
        if self.engine == Engine::Sqlite && self.name != MEMORY {
            self.file = Some(project_dir.join(&self.name));
        }
        for file in [&mut self.ca, &mut self.cert, &mut self.key] {
            *file = file.take().map(|path| project_dir.join(path));
        }
        self.migration = self.migration.map(|direct| Box::new(direct.resolved(project_dir)));
        self
    }
}
