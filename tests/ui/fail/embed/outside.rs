//! A folder that is not of the crate.

fastdjango::embed_migrations!("../migrations");

fn main() {}
