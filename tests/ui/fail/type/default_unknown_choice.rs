use fastdjango::prelude::*;

#[derive(Choices)]
enum Status {
    Draft,
}

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(default = Drafft)]
    status: Status,
    #[field(default = "daft")]
    other: Option<Status>,
}

fn main() {}
