use fastdjango::prelude::*;

#[derive(Model)]
#[model(index(fields = [title(0)]))]
#[model(index(fields = [title("20")]))]
#[model(index(fields = [title(20, 30)]))]
#[model(unique(fields = [title(20)]))]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    title: String,
}

#[derive(Model)]
#[model(index(fields = [title(200)]))]
#[model(index(fields = [-body(20)], unique))]
struct Page {
    #[field(primary_key, auto)]
    id: i64,
    #[field(max_length = 200)]
    title: String,
    body: String,
}

fn main() {}
