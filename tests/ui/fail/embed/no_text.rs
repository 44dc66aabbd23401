//! Something else than the name of a folder.

fastdjango::embed_migrations!(embed);

fn main() {}
