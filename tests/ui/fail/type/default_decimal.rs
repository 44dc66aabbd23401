use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(max_digits = 5, decimal_places = 2, default = "0.005")]
    price: Decimal,
    #[field(max_digits = 5, decimal_places = 2, default = 0.5)]
    cost: Decimal,
    #[field(max_digits = 5, decimal_places = 2, default = "1234.00")]
    tax: Decimal,
}

fn main() {}
