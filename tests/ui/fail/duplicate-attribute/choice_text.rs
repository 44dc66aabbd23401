use fastdjango::prelude::*;

#[derive(Choices)]
enum Status {
    Draft,
    #[choice(value = "draft")]
    Sketch,
}

fn main() {}
