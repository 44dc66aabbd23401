//! The commands of the blog: `cargo run --bin fastdjango -- --help`.

fastdjango::main!(blog);
