use fastdjango::prelude::*;

#[derive(Model)]
#[model(primary_key(fields = [a, b]))]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    a: i64,
    b: i64,
}

fn main() {}
