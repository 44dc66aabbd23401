use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(default = "0")]
    rating: i16,
    #[field(default = 1)]
    title: String,
    #[field(default = 0)]
    draft: bool,
    #[field(default = 0.5)]
    weight: i32,
}

fn main() {}
