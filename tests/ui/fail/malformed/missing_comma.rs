use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(unique max_length = 10)]
    slug: String,
}

fn main() {}
