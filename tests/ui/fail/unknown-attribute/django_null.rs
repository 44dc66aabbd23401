use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(null = true)]
    slug: String,
    #[field(db_index)]
    title: String,
}

fn main() {}
