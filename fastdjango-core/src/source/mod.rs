//! TOML that people write: read with places, checked against a shape, all faults at once, nearest names offered.

mod nearest;
mod reader;
mod shape;

pub use nearest::nearest;
pub use reader::{Codes, Source};
pub use shape::{Check, Key, Record, Shape, Tagged};
