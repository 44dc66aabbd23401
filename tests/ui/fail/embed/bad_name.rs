//! A file whose name is that of no migration.

fastdjango::embed_migrations!("embed/name");

fn main() {}
