use fastdjango::prelude::*;

#[derive(Model)]
#[model(table = "a", table = "b")]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
}

fn main() {}
