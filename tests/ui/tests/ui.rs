//! What the compiler says of models that are wrong, and that it says nothing of those that are right.

use trybuild::TestCases;

#[test]
fn errors_say_what_to_write_instead() {
    // Two sets: alone, those that fail are checked in one run of cargo, and not in one for each.
    TestCases::new().compile_fail("fail/*/*.rs");
    TestCases::new().pass("pass/*.rs");
}
