use fastdjango::prelude::*;

#[derive(Model)]
struct Post;

fn main() {}
