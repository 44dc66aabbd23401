use fastdjango::prelude::*;

#[derive(Model)]
pub struct Post {
    #[field(primary_key, auto)]
    id: i64,
    tags: Vec<String>,
}

fn main() {}
