use fastdjango::prelude::*;

#[derive(Model)]
struct Post<T> {
    #[field(primary_key)]
    id: T,
}

fn main() {}
