//! The command line as a person meets it.

mod commands;
mod shop;
#[cfg(unix)]
mod terminal;
