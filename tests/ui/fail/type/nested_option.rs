use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    rating: Option<Option<i16>>,
}

fn main() {}
