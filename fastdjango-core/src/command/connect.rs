//! From a database of the settings to a connection.

#[cfg(feature = "sqlite")]
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
        #[cfg(feature = "postgres")]
        Engine::Postgres => Connection::open_postgres(database, access).await,
        engine => Err(Error::invalid(no_driver(engine))),
    }
}

fn no_driver(engine: Engine) -> Diagnostic {
    let fault = Diagnostic::error("E412", format!("this program has no driver for {engine}"));
    match engine {
        Engine::Sqlite | Engine::Postgres => fault
            .help(format!("turn it on in Cargo.toml: `fastdjango = {{ version = \"…\", features = [\"{engine}\"] }}`")),
        Engine::Mysql | Engine::Mariadb => {
            fault.note("this version works on sqlite and postgres").help("set `engine = \"sqlite\"` in fastdjango.toml")
        }
    }
}
