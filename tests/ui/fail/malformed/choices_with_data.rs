use fastdjango::prelude::*;

#[derive(Choices)]
enum Status {
    Draft,
    Published(i64),
}

fn main() {}
