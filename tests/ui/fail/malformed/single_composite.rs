use fastdjango::prelude::*;

#[derive(Model)]
#[model(primary_key(fields = [a]))]
struct Post {
    a: i64,
}

fn main() {}
