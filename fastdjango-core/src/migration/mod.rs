//! Migrations: files of operations and their SQL, the directory that holds them, and the order between them.

mod checksum;
mod document;
mod parse;
mod shape;
mod step;
#[cfg(test)]
mod tests;
mod text;
mod write;

pub use checksum::checksum;
pub use document::{Migration, SqlSection};
pub use parse::{FORMAT, parse};
pub use step::Step;
pub use write::write;
