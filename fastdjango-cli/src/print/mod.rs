//! Reports in words.

mod diagnostic;

pub(crate) use diagnostic::diagnostics;
