use fastdjango::prelude::*;

#[derive(Model)]
#[model(unique(fields = [slug, slug]))]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    slug: String,
}

fn main() {}
