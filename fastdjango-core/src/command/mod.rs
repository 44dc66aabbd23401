//! The only file I/O: what the commands do, as functions that return reports.

pub mod files;
