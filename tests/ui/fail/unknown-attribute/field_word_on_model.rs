use fastdjango::prelude::*;

#[derive(Model)]
#[model(max_length = 10)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
}

fn main() {}
