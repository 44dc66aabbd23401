use fastdjango::prelude::*;

#[derive(Fields)]
struct Stamps {
    created: i64,
}

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    created: i64,
    #[model(flatten)]
    stamps: Stamps,
}

fn main() {}
