//! Real databases for plans to run on, and what a test itself knows about the rows in them.

mod catalog;
mod database;
mod held;
mod mysql;
mod postgres;
mod rows;
mod seed;
mod server;
mod server_seed;

pub use database::{Live, block_on};
pub use held::Held;
pub use mysql::MyLive;
pub use postgres::PgLive;
pub use rows::Rows;
pub use seed::{key_of, seed};
pub use server::{Server, servers};
pub use server_seed::server_seed;
