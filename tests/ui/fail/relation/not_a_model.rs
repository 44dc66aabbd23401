use fastdjango::prelude::*;

struct Author;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(on_delete = cascade)]
    author: ForeignKey<Author>,
}

fn main() {}
