//! The harness of the tests.

pub mod generate;
pub mod live;
