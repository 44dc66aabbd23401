use fastdjango::prelude::*;

#[derive(Choices)]
struct Status;

fn main() {}
