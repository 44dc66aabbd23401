use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(check = sql(postgresql = "a", oracle = "b"))]
    slug: String,
}

fn main() {}
