use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(max_length = "200")]
    slug: String,
}

fn main() {}
