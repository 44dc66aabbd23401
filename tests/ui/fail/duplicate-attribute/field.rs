use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(max_length = 10, max_length = 20)]
    slug: String,
}

fn main() {}
