use fastdjango::prelude::*;

#[derive(Fields)]
struct Stamps {
    created: i64,
}

#[derive(Model)]
#[model(index(fields = [updated]))]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[model(flatten)]
    stamps: Stamps,
}

fn main() {}
