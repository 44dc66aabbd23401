//! The command line as a person meets it.

mod commands;
mod ends;
mod shop;
#[cfg(unix)]
mod terminal;
