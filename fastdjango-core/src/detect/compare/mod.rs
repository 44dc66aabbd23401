//! Two states, one file per compared thing; renames are made by then.

mod carry;
mod columns;
mod constraint;
mod field;
mod fit;
mod index;
mod key;
mod model;
mod reference;
mod types;
mod using;

pub(super) use columns::align as align_columns;
pub(super) use model::compare;
