use fastdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(default = 40000)]
    rating: i16,
    #[field(default = -1)]
    views: u32,
    #[field(fill = 256)]
    byte: u8,
}

fn main() {}
