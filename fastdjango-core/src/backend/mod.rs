//! The only database I/O: connections, introspection, history, execution.

mod code;
mod connection;
#[cfg(feature = "render")]
mod drift;
mod entries;
mod executor;
mod fault;
mod history;
mod job;
mod journal;
#[cfg(feature = "mysql")]
mod mysql;
mod names;
mod patience;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod retries;
pub mod row;
mod span;
#[cfg(feature = "sqlite")]
mod sqlite;
mod statement;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod tls;
mod value;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod watch;
#[cfg(all(feature = "render", any(feature = "postgres", feature = "mysql")))]
mod wording;

pub use code::Function;
pub use connection::{Access, Connection, Object, script};
pub use executor::{
    Direction, Interrupt, JournalStep, Outcome, Progress, RebuiltTable, RunOptions, StepState, Unit, run_id,
};
pub use history::{Applied, Entry, Event, History, LAYOUT, Record, TABLE};
#[cfg(feature = "mysql")]
pub use mysql::Database as MysqlDatabase;
#[cfg(feature = "postgres")]
pub use postgres::Database as PostgresDatabase;
#[cfg(feature = "sqlite")]
pub use sqlite::Database as SqliteDatabase;
pub use value::Value;
