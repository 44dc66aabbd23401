//! Migrations of a crate, one of them behind those of another.

fastdjango::embed_migrations!("embed/fine");

fn main() {}
