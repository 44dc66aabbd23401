use fastdjango::prelude::*;

#[derive(Fields)]
struct Stamps {
    #[field(primary_key, auto)]
    id: i64,
}

fn main() {}
