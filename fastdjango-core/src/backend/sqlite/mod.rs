//! `SQLite`: <https://www.sqlite.org/lang.html>.

mod apart;
mod begin;
mod by_hand;
mod cursor;
mod database;
mod dependents;
mod disk;
mod execute;
mod facts;
mod failure;
mod guard;
mod history;
mod introspect;
mod keys;
mod parse_default;
mod parse_index;
mod parse_table;
mod rebuild;
mod rows;
mod script;
mod session;
mod violations;

pub use database::Database;
pub(super) use script::script;
