//! From a database of the settings to a connection.

use std::path::Path;

use super::Project;
use crate::backend::{Access, Connection};
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result};
use crate::field::Engine;
use crate::settings::Database;

/// Opens the database that the settings call `name`.
pub async fn connect(project: &Project, name: &str, access: Access) -> Result<Connection> {
    open(project.database(name)?, access).await
}

async fn open(database: &Database, access: Access) -> Result<Connection> {
    match database.engine {
        #[cfg(feature = "sqlite")]
        Engine::Sqlite => {
            let path = database.file.as_deref().unwrap_or(Path::new(&database.name));
            Connection::open_sqlite(path, access).await
        }
        engine => Err(Error::invalid(
            Diagnostic::error("E412", format!("this program has no driver for {engine}"))
                .note("this version works on sqlite")
                .help("set `engine = \"sqlite\"` in fastdjango.toml"),
        )),
    }
}
