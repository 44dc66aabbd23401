//! What the compiler says of models and migrations that are wrong, and that it says nothing of those that are right.

use std::path::Path;
use std::{fs, io};

use trybuild::TestCases;

#[test]
fn errors_say_what_to_write_instead() {
    // The crate that the compiler sees is not this one, but one that is made of its files.
    let compiled = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("tests").join("trybuild/fastdjango-ui-tests");
    copy(Path::new("embed"), &compiled.join("embed")).unwrap();
    // Two sets: alone, those that fail are checked in one run of cargo, and not in one for each.
    TestCases::new().compile_fail("fail/*/*.rs");
    TestCases::new().pass("pass/*.rs");
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        return fs::copy(from, to).map(drop);
    }
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to)?;
    fs::read_dir(from)?.try_for_each(|entry| {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))
    })
}
