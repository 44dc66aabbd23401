use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(renamed_from = "heading")]
    title: String,
    heading: String,
}

fn main() {}
