use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto, default = 1)]
    id: i64,
}

fn main() {}
