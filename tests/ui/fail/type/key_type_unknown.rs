use fastdjango::prelude::*;

#[derive(Model)]
struct User {
    #[field(primary_key, auto)]
    id: i64,
    #[field(max_length = 200, unique)]
    email: String,
    name: String,
}

struct Money(i64);

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(on_delete = cascade)]
    author: ForeignKey<User, Money>,
}

fn main() {}
