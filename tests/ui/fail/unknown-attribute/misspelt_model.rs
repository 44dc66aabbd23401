use fastdjango::prelude::*;

#[derive(Model)]
#[model(tabel = "post")]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
}

fn main() {}
