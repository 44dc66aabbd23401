//! Operations: what a migration does to the state, self-contained, so that each can be applied, reversed, and told in words.

mod apply;
mod describe;
mod enums;
mod fragment;
mod kind;
mod names;
mod nested;
mod optimizer;
mod own;
mod reduce;
mod rename;
mod reverse;
mod subject;
mod touches;

pub use describe::{Description, Sign, describe_field, describe_type};
pub use fragment::suggest_name;
pub use kind::{NOOP, Operation};
pub use nested::leads_from;
pub use optimizer::optimize;
pub use reduce::Reduction;
pub use reverse::reverse_all;
pub(crate) use subject::shared;
pub use subject::{Subject, Values};
pub use touches::Touched;
