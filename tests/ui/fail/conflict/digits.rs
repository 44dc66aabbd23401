use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(max_digits = 4, decimal_places = 6)]
    price: Decimal,
    #[field(max_digits = 4)]
    cost: Decimal,
}

fn main() {}
