use fastdjango::prelude::*;

struct Stamps {
    created: i64,
}

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[model(flatten)]
    stamps: Stamps,
}

fn main() {}
