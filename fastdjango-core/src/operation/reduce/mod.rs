//! Two operations into fewer: what each operation knows of those that may follow it, one file per family.

mod commute;
mod create;
mod enums;
mod field;
mod item;
mod model;
mod reduction;

pub use reduction::Reduction;
