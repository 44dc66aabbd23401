//! From the models that Rust knows to the state: what reaches the database, and beside it what only steers a command.

mod check;
mod enums;
mod field;
mod hints;
mod read;
mod table;

pub use hints::{AppHints, EnumHints, FieldHints, Hints, ModelHints};
pub use read::from_models;
