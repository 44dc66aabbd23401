//! The only database I/O: connections, introspection, history, execution.

mod connection;
mod executor;
mod history;
#[cfg(feature = "sqlite")]
pub mod row;
#[cfg(feature = "sqlite")]
mod sqlite;
mod value;

pub use connection::{Access, Connection, Object, script};
pub use executor::{Direction, Interrupt, Outcome, Progress, RebuiltTable, RunOptions, Unit, run_id};
pub use history::{Applied, Entry, Event, History, LAYOUT, Record, TABLE};
#[cfg(feature = "sqlite")]
pub use sqlite::Database as SqliteDatabase;
pub use value::Value;
