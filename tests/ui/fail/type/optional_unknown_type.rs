use fastdjango::prelude::*;

struct Money(i64);

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    price: Option<Money>,
}

fn main() {}
