//! Operations: what a migration does to the state, self-contained, so that each can be applied, reversed, and told in words.

mod kind;

pub use kind::Operation;
