use fastdjango::prelude::*;

#[derive(Model)]
#[model(renamed_from = "News Desk.Article")]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
}

#[derive(Model)]
#[model(renamed_from = "news.desk.Article")]
struct Note {
    #[field(primary_key, auto)]
    id: i64,
}

fn main() {}
