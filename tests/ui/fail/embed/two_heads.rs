//! Two migrations that nobody put in order.

fastdjango::embed_migrations!("embed/heads");

fn main() {}
