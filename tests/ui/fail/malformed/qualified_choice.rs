use fastdjango::prelude::*;

#[derive(Choices)]
enum Status {
    Draft,
}

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(default = Status::Draft)]
    status: Status,
}

fn main() {}
