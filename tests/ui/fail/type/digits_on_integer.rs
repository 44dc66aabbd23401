use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(max_digits = 4, decimal_places = 2)]
    price: i64,
}

fn main() {}
