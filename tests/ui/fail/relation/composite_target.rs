use fastdjango::prelude::*;

#[derive(Model)]
#[model(primary_key(fields = [album, number]))]
struct Track {
    album: i64,
    number: i32,
}

#[derive(Model)]
struct Post {
    #[field(primary_key, auto)]
    id: i64,
    #[field(on_delete = cascade)]
    track: ForeignKey<Track>,
}

fn main() {}
