//! Two migrations that each wait for the other.

fastdjango::embed_migrations!("embed/circle");

fn main() {}
