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
#[model(foreign_key(fields = [a, b], to = User, to_fields = [id], on_delete = cascade))]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    a: i64,
    b: i64,
}

fn main() {}
