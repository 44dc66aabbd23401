//! A folder without a migration.

fastdjango::embed_migrations!("embed/empty");

fn main() {}
