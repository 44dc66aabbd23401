use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(column = "title")]
    heading: String,
    title: String,
}

fn main() {}
