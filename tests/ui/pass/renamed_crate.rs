//! The facade under another name, as a crate that re-exports it would have it.

extern crate fastdjango as dj;

#[derive(dj::Model)]
#[fastdjango(crate = "dj")]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[model(flatten)]
    stamps: Stamps,
    slug: Slug,
    status: Status,
}

#[derive(dj::Fields)]
#[fastdjango(crate = "dj")]
struct Stamps {
    at: i64,
}

#[derive(dj::FieldType)]
#[fastdjango(crate = "dj")]
struct Slug(String);

#[derive(dj::Choices)]
#[fastdjango(crate = "dj")]
enum Status {
    Draft,
}

fn main() {
    let post = Post { id: 1, stamps: Stamps { at: 0 }, slug: Slug("a".into()), status: Status::Draft };
    assert!(post.id == 1 && post.insert_values().len() == 3);
}
