use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(skip, max_length = 10)]
    cache: String,
}

fn main() {}
