use fastdjango::prelude::*;

#[derive(Model)]
enum Post {
    Draft,
}

fn main() {}
