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
    open(&project.database(name)?, access).await
}

/// Opens a database, wherever its name is from.
pub(super) async fn open(database: &Database, access: Access) -> Result<Connection> {
    match database.engine {
        #[cfg(feature = "sqlite")]
        Engine::Sqlite => {
            let path = database.file.as_deref().unwrap_or(Path::new(&database.name));
            Connection::open_sqlite(path, access).await
        }
        #[cfg(feature = "postgres")]
        Engine::Postgres => Connection::open_postgres(database, access).await,
        #[cfg(feature = "mysql")]
        Engine::Mysql | Engine::Mariadb => Connection::open_mysql(database, access).await,
        #[allow(unreachable_patterns, reason = "it depends on the features which engines are left")]
        engine => Err(Error::invalid(no_driver(engine))),
    }
}

pub(super) fn no_driver(engine: Engine) -> Diagnostic {
    let feature = match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
        Engine::Mysql | Engine::Mariadb => "mysql",
    };
    let help = format!("turn it on in Cargo.toml: `fastdjango = {{ version = \"…\", features = [\"{feature}\"] }}`");
    Diagnostic::error("E412", format!("this program has no driver for {engine}")).help(help)
}
