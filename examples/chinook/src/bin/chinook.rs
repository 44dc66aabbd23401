//! The commands of the store: `cargo run -p chinook -- --help`.

fastdjango::main!(chinook);
