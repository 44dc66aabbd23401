use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto, unique, index)]
    id: i64,
}

fn main() {}
