use fastdjango::prelude::*;

#[derive(Model)]
struct User {
    #[field(primary_key, auto)]
    id: i64,
    #[field(max_length = 200, unique)]
    email: String,
    name: String,
}

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(on_delete = protect)]
    author: ForeignKey<User>,
    #[field(on_delete = casacde)]
    editor: ForeignKey<User>,
}

fn main() {}
