use fastdjango::prelude::*;

#[derive(Choices)]
#[choices(app = "blog")]
enum Status {
    Draft,
    #[choice(renamed_from = "public")]
    Published,
}

fn main() {}
