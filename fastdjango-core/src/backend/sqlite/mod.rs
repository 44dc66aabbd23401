//! `SQLite`: <https://www.sqlite.org/lang.html>.

mod begin;
mod database;
mod dependents;
mod disk;
mod execute;
mod fault;
mod guard;
mod history;
mod introspect;
mod names;
mod rebuild;
mod script;
mod session;
mod violations;

pub use database::Database;
pub(super) use script::script;
