use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(on_delete = cascade)]
    author: i64,
}

fn main() {}
