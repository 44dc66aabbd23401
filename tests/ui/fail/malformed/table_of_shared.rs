use fastdjango::prelude::*;

#[derive(Fields)]
#[model(table = "stamps")]
struct Stamps {
    created: i64,
}

fn main() {}
