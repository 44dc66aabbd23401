//! TOML that people write, and JSON that programs do: read with places, checked against a shape, all faults at once,
//! nearest names offered.

mod json;
mod nearest;
mod notation;
mod reader;
mod shape;

pub use nearest::nearest;
pub use notation::Notation;
pub use reader::{Codes, Source};
pub use shape::{Check, Key, Record, Shape, Tagged};
