//! The closed vocabulary of fields: column types, defaults, SQL fragments, and what a deleted target does.

mod action;
mod column_type;
mod default;
mod engine;
#[cfg(feature = "json-schema")]
mod json_schema;
pub mod lexer;
mod meaning;
mod opaque;
mod spacing;
mod sql;
mod version;

pub use action::{Deferrable, OnDelete};
pub use column_type::{ColumnType, UnknownType};
pub use default::{Default, Literal, Real};
pub use engine::{Engine, UnknownEngine};
pub use opaque::{Opaque, Options};
pub use spacing::same_but_space;
pub use sql::Sql;
pub use version::{Targets, UnknownTarget, Version};
