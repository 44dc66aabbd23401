use fastdjango::prelude::*;

#[derive(Model)]
struct Post<'a> {
    #[field(primary_key)]
    title: &'a str,
}

fn main() {}
