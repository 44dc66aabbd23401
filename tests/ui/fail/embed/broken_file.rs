//! A file of a migration with a key that nobody knows.

fastdjango::embed_migrations!("embed/broken");

fn main() {}
