//! A dependency on a migration of the crate that is not there.

fastdjango::embed_migrations!("embed/missing");

fn main() {}
