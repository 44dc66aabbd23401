use fastdjango::prelude::*;

#[derive(Model)]
#[model(extension = "citext", extension = "pg_trgm", extension = "citext")]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
}

fn main() {}
