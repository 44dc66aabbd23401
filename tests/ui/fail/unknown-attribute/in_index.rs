use fastdjango::prelude::*;

#[derive(Model)]
#[model(index(fields = [slug], where = "slug IS NOT NULL"))]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    slug: String,
}

fn main() {}
