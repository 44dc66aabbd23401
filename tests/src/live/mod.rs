//! Real databases for plans to run on, and what a test itself knows about the rows in them.

mod catalog;
mod database;
mod drift;
mod held;
mod rows;
mod seed;
mod server;
mod tongue;

pub use database::{Live, block_on};
pub use drift::{ByHand, drifting, every_change_is_seen, nothing_drifts};
pub use held::Held;
pub use rows::Rows;
pub use seed::{key_of, seed};
pub use server::{Place, Server, servers, servers_of_any_age};
pub use tongue::{columns_of, dialect, literal_of, quoted, spoken, texts, told};
