//! What the derive asserts when a model is compiled: the rules that depend on types, which only the compiler knows.
//!
//! A rule answers with what is wrong, as a text: the derive panics with it in a constant of its own, so that the error
//! stands at the user's attribute and not here.

mod field;
mod literal;
mod model;
mod probe;
mod text;

pub use field::{
    action, auto, collation, column_only, inner_of_newtype, keep_values, max_digits, max_length, primary_key,
    reference_only, relation_only, through, ty, unique, using,
};
pub use literal::{choice, choice_text, literal};
pub(crate) use literal::{decimal, hexadecimal, in_range, shaped};
pub use model::{distinct, foreign_key, has_field, to_field};
pub use probe::{Otherwise, Probe};

/// What is wrong, if anything.
pub type Verdict = Option<&'static str>;

/// Stops the compiler where a rule found a mistake.
///
/// The compiler leaves functions that track their caller out of its report, so the error stands at the user's code alone.
///
/// # Panics
/// With the mistake; that is its use.
#[track_caller]
pub const fn hold(verdict: Verdict) {
    #[expect(clippy::panic, reason = "it only ever runs in the compiler")]
    if let Some(message) = verdict {
        panic!("{}", message)
    }
}
