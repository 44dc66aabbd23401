use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: Option<i64>,
}

fn main() {}
