//! From operations to steps: which statements a migration runs on one backend, in which order, and how it goes back.

#[cfg(feature = "render")]
mod ahead;
#[cfg(feature = "render")]
mod alteration;
#[cfg(feature = "render")]
mod astray;
#[cfg(feature = "render")]
mod carry;
#[cfg(feature = "render")]
mod change;
#[cfg(feature = "render")]
mod enums;
mod hash;
#[cfg(feature = "render")]
mod in_place;
#[cfg(feature = "render")]
mod kept;
#[cfg(feature = "render")]
mod key_order;
#[cfg(feature = "render")]
mod lineage;
#[cfg(feature = "render")]
mod names;
#[cfg(feature = "render")]
mod order;
#[cfg(feature = "render")]
mod plan;
#[cfg(feature = "render")]
mod section;
#[cfg(feature = "render")]
mod settle;
#[cfg(feature = "render")]
mod sqlite;
#[cfg(feature = "render")]
mod support;
#[cfg(feature = "render")]
mod using;
#[cfg(feature = "render")]
mod verify;

#[cfg(feature = "render")]
pub use change::{ColumnOrigin, TableChange};
pub use hash::{input_hash, text_hash};
#[cfg(feature = "render")]
pub use plan::{Planned, plan};
#[cfg(feature = "render")]
pub use section::section;
