use fastdjango::prelude::*;

#[derive(Model)]
struct Tag {
    #[field(primary_key, auto)]
    id: i64,
}

#[derive(Model)]
struct Post {
    #[field(primary_key, using = "1")]
    id: i64,
    #[field(using = "1")]
    tags: ManyToMany<Tag>,
    #[field(on_delete = cascade, reverse_using = "1")]
    tag: ForeignKey<Tag>,
}

fn main() {}
