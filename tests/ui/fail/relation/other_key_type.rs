use fastdjango::prelude::*;

#[derive(Model)]
struct Tag {
    #[field(primary_key)]
    name: String,
}

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(on_delete = cascade)]
    tag: ForeignKey<Tag>,
}

fn main() {}
