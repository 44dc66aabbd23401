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
#[model(index(fields = [slgu]), unique(fields = [author_id, slug]))]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    slug: String,
    #[field(on_delete = cascade)]
    author: ForeignKey<User>,
}

fn main() {}
