use fastdjango::prelude::*;

#[derive(Model)]
struct Post(i64);

fn main() {}
