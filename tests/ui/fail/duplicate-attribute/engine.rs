use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(check = sql(sqlite = "a", sqlite = "b"))]
    slug: String,
}

fn main() {}
