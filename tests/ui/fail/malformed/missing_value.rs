use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(max_length =)]
    slug: String,
}

fn main() {}
