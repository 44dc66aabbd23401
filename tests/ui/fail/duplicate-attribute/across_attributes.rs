use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(default = "a")]
    #[field(default = "b")]
    slug: String,
}

fn main() {}
