//! The pipeline of fastdjango: models → state → operations → migrations → SQL → database.
//!
//! Every module imports only from layers below its own; `ARCHITECTURE.md` has the map.
//! Users depend on the facade crate `fastdjango`, which re-exports what is stable here.

pub mod diagnostic;
pub mod error;
pub mod field;
pub mod model;
pub mod name;

#[doc(hidden)]
pub use inventory;
