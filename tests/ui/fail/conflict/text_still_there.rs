use fastdjango::prelude::*;

#[derive(Choices)]
#[choices(native)]
enum Status {
    Draft,
    #[choice(renamed_from = "draft")]
    Published,
}

fn main() {}
