use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(generated = "id * 2", stored, using = "1", reverse_using = "2")]
    twice: i64,
}

fn main() {}
