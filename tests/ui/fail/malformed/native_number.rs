use fastdjango::prelude::*;

#[derive(Choices)]
#[choices(native = 3)]
enum Status {
    Draft,
}

fn main() {}
