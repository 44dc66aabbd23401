//! What each database can do (facts), and how it writes and reads (behaviour).

mod capabilities;
mod contract;
pub mod mysql;
pub mod postgres;
pub mod sqlite;
mod words;

pub use capabilities::{Capabilities, MARIADB, MYSQL, POSTGRES, SQLITE};
#[cfg(feature = "render")]
pub use contract::{ByRebuild, Changes, InPlace};
pub use contract::{Conversion, Dialect};
pub use mysql::Mysql;
pub use postgres::Postgres;
pub use sqlite::Sqlite;

use crate::field::Engine;

/// The dialect of an engine, where this release has one.
#[must_use]
pub fn of(engine: Engine) -> Option<&'static dyn Dialect> {
    match engine {
        Engine::Sqlite => Some(&Sqlite),
        Engine::Postgres => Some(&Postgres),
        Engine::Mysql => Some(&Mysql::MYSQL),
        Engine::Mariadb => Some(&Mysql::MARIADB),
    }
}
