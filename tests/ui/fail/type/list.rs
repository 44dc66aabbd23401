use fastdjango::prelude::*;

pub struct Tag {
    name: String,
}

#[derive(Model)]
pub struct Post {
    #[field(primary_key, auto)]
    id: i64,
    tags: Vec<Tag>,
}

fn main() {}
