use fastdjango::prelude::*;

#[derive(FieldType)]
struct Slug(Option<String>);

fn main() {}
