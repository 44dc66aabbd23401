//! A folder that is not there.

fastdjango::embed_migrations!();

fn main() {}
