//! `MySQL` and `MariaDB`: <https://dev.mysql.com/doc/refman/8.4/en/>, <https://mariadb.com/kb/en/documentation/>.

mod catalog;
mod columns;
mod constraints;
mod database;
mod engines;
mod execute;
mod failure;
mod flight;
mod guard;
mod history;
mod indexes;
mod introspect;
mod lock;
pub(super) mod names;
mod objects;
mod options;
mod plain;
mod printed;
mod rows;
mod script;
mod server;
mod session;
#[cfg(feature = "testing")]
mod testing;
mod watch;
#[cfg(feature = "render")]
mod wording;

pub use database::Database;
pub(super) use script::script;
#[cfg(feature = "testing")]
pub use testing::lodge;
