use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(related_name = "posts")]
    author: i64,
}

fn main() {}
