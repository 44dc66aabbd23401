use fastdjango::prelude::*;

#[derive(Choices)]
#[choices(native)]
enum Status {
    Draft,
}

#[derive(Model)]
#[model(app = "blog", no_primary_key)]
struct Post {
    #[field(max_length = 20)]
    status: Status,
    #[field(default = 1)]
    last: Status,
}

fn main() {}
