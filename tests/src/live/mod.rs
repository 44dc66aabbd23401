//! Real databases for plans to run on, and what a test itself knows about the rows in them.

mod catalog;
mod database;
mod held;
mod rows;
mod seed;

pub use database::{Live, block_on};
pub use held::Held;
pub use rows::Rows;
pub use seed::{key_of, seed};
