//! The command line as a person meets it.

mod adopt;
mod answers;
mod by_app;
mod by_hand;
mod carried;
mod commands;
mod diff;
mod ends;
mod many;
mod merged;
mod moved;
mod rebased;
mod refused;
mod repair;
mod resume;
mod routed;
mod shop;
mod squashed;
#[cfg(unix)]
mod terminal;
mod update;
