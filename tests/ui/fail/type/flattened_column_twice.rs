use fastdjango::prelude::*;

#[derive(Model)]
pub struct User {
    #[field(primary_key, auto)]
    id: i64,
}

#[derive(Fields)]
pub struct Stamps {
    #[field(on_delete = cascade)]
    author: ForeignKey<User>,
    note: String,
}

#[derive(Model)]
pub struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(column = "Author_ID")]
    writer: i64,
    #[model(flatten)]
    stamps: Stamps,
}

fn main() {}
