//! Statements of DDL as data, before any dialect.

mod alter;
mod change;
mod condition;
mod enums;
mod pairs;
mod rebuild;
mod source;
mod statement;

pub use alter::{Alter, ConstraintKind};
pub use change::Change;
pub use condition::{Collations, Condition, Given};
pub use enums::EnumChange;
pub use pairs::{Lookup, PairMove, PairPlace};
pub use rebuild::Rebuild;
pub use source::Source;
pub use statement::Statement;
