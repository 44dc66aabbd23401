use fastdjango::prelude::*;

#[derive(FieldType)]
struct Point(f64, f64);

fn main() {}
