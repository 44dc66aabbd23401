//! What only the whole project can show to be wrong, one file per subject.

mod context;
mod enums;
mod fields;
mod names;
mod registry;
mod relations;

pub(super) use context::check;
