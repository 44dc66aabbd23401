use fastdjango::prelude::*;

#[derive(Model)]
#[model(app = "My Blog")]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
}

fn main() {}
