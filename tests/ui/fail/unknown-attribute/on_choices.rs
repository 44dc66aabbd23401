use fastdjango::prelude::*;

#[derive(Choices)]
#[choices(natve, value = "x")]
enum Status {
    #[choice(native)]
    Draft,
}

fn main() {}
