//! Operations: what a migration does to the state, self-contained, so that each can be applied, reversed, and told in words.

mod apply;
mod kind;
mod rename;
mod reverse;
mod touches;

pub use kind::Operation;
