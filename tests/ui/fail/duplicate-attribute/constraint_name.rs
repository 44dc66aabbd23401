use fastdjango::prelude::*;

#[derive(Model)]
#[model(index(fields = [slug], name = "post_slug"), unique(fields = [slug], name = "post_slug"))]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(max_length = 10)]
    slug: String,
}

fn main() {}
