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

use crate::field::{Engine, Version};

/// The dialect of an engine for its default target.
#[must_use]
pub fn of(engine: Engine) -> Option<&'static dyn Dialect> {
    match engine {
        Engine::Sqlite => Some(&Sqlite::DEFAULT),
        Engine::Postgres => Some(&Postgres::DEFAULT),
        Engine::Mysql => Some(&Mysql::MYSQL),
        Engine::Mariadb => Some(&Mysql::MARIADB),
    }
}

/// The dialect of an engine for servers from a version on.
#[must_use]
pub fn targeting(engine: Engine, target: Version) -> Box<dyn Dialect> {
    let facts = Capabilities::of(engine, target);
    match engine {
        Engine::Sqlite => Box::new(Sqlite { facts }),
        Engine::Postgres => Box::new(Postgres { facts }),
        Engine::Mysql | Engine::Mariadb => Box::new(Mysql { facts }),
    }
}
