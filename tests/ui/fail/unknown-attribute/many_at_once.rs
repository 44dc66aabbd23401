use fastdjango::prelude::*;

#[derive(Model)]
#[model(comments = "x", renamed_form = "Article")]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(uniqe, max_lenght = 10)]
    slug: String,
    #[field(defualt = 1)]
    rating: i16,
}

fn main() {}
