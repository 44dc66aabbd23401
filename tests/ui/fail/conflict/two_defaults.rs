use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(default = "a", default_sql = "lower('A')")]
    slug: String,
}

fn main() {}
