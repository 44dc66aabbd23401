//! What the project was, or is: ordered, serialisable, and only what reaches the database.

mod carry;
mod constraint;
pub(crate) mod enums;
mod field;
mod fields;
mod index;
#[cfg(feature = "json-schema")]
mod json_schema;
mod lookup;
mod map;
mod meaning;
mod model;
mod models;
pub(crate) mod pairs;
mod project;
mod reference;
mod users;
pub(crate) mod whole;

pub use constraint::{ConstraintKind, ConstraintState};
pub use enums::EnumState;
pub use field::{FieldKind, FieldState, Generated, Pairs, Reference};
pub use fields::Fields;
pub use index::{IndexField, IndexState};
pub use map::ModelMap;
pub use model::ModelState;
pub use models::{AppHints, EnumHints, FieldHints, Hints, ModelHints, from_models};
pub use project::ProjectState;
