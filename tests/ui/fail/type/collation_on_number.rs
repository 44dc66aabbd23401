use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(collation = "NOCASE")]
    rating: i16,
}

fn main() {}
