use fastdjango::prelude::*;

#[derive(Model)]
#[model(no_primary_key)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
}

fn main() {}
