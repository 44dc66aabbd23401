use fastdjango::prelude::*;

#[derive(Model)]
#[model(index(name = "post_idx"), check(name = "c"))]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
}

fn main() {}
