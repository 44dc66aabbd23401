//! `PostgreSQL`: <https://www.postgresql.org/docs/current/>.

mod apart;
mod columns;
mod constraints;
mod database;
mod execute;
mod extensions;
mod failure;
mod flight;
mod guard;
mod history;
mod indexes;
mod introspect;
mod lock;
#[cfg(feature = "render")]
mod merged;
mod objects;
mod options;
mod plain;
mod pooler;
#[cfg(feature = "render")]
mod printed;
mod rows;
mod script;
mod session;
#[cfg(feature = "testing")]
mod testing;
mod types;
mod watch;

pub use database::Database;
pub(super) use script::script;
#[cfg(feature = "testing")]
pub use testing::{Making, lodge};
