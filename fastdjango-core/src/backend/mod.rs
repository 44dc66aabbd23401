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
#[cfg(feature = "render")]
mod others;
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
#[cfg(all(feature = "testing", any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
mod testing;
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
#[cfg(all(feature = "testing", feature = "mysql"))]
pub use mysql::lodge as lodge_in_mysql;
#[cfg(feature = "render")]
pub use others::{OtherLast, OtherMigrator};
#[cfg(feature = "postgres")]
pub use postgres::Database as PostgresDatabase;
#[cfg(all(feature = "testing", feature = "postgres"))]
pub use postgres::{Making, lodge as lodge_in_postgres};
#[cfg(feature = "sqlite")]
pub use sqlite::Database as SqliteDatabase;
#[cfg(all(feature = "testing", any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
pub use testing::{Driver, Pool, pool};
#[cfg(all(feature = "testing", any(feature = "postgres", feature = "mysql")))]
pub use testing::{Lodging, Tenancy};
pub use value::Value;
