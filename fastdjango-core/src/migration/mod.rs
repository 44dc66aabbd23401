//! Migrations: files of operations and their SQL, the directory that holds them, and the order between them.

mod document;
mod step;

pub use document::{Migration, SqlSection};
pub use step::Step;
