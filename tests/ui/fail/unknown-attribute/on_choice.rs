use fastdjango::prelude::*;

#[derive(Choices)]
enum Status {
    #[choice(text = "d")]
    Draft,
}

fn main() {}
