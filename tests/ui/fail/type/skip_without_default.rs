use fastdjango::prelude::*;

struct Cache;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(skip)]
    cache: Cache,
}

fn main() {}
