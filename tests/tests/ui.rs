//! What the compiler says of models that are wrong, and that it says nothing of those that are right.

#[test]
fn errors_say_what_to_write_instead() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/*/*.rs");
    cases.pass("ui-pass/*.rs");
}
