//! Collects mistakes, so that a struct's are all reported at once.

use std::cell::RefCell;
use std::fmt::Display;

use proc_macro2::Span;
use quote::ToTokens;

/// The mistakes of one derive, in the order in which they were found.
///
/// Dropping it without [`Ctxt::finish`] would lose them in silence, so that is a panic of the macro itself.
#[derive(Default)]
pub(crate) struct Ctxt {
    errors: RefCell<Vec<syn::Error>>,
    finished: bool,
}

impl Ctxt {
    /// Reports a mistake at a place.
    pub(crate) fn error(&self, span: Span, message: impl Display) {
        self.errors.borrow_mut().push(syn::Error::new(span, message));
    }

    /// Reports a mistake over all of some tokens.
    pub(crate) fn error_at(&self, tokens: impl ToTokens, message: impl Display) {
        self.errors.borrow_mut().push(syn::Error::new_spanned(tokens, message));
    }

    /// Keeps what could be parsed, and reports what could not.
    pub(crate) fn take<T>(&self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.errors.borrow_mut().push(error)).ok()
    }

    /// How many mistakes there are so far: where it grows, what follows may only follow from them.
    pub(crate) fn count(&self) -> usize {
        self.errors.borrow().len()
    }

    /// Ends the collection: all the mistakes as one error.
    pub(crate) fn finish(mut self) -> syn::Result<()> {
        self.finished = true;
        let mut errors = self.errors.take().into_iter();
        let Some(mut all) = errors.next() else { return Ok(()) };
        errors.for_each(|error| all.combine(error));
        Err(all)
    }
}

impl Drop for Ctxt {
    fn drop(&mut self) {
        assert!(self.finished || std::thread::panicking(), "the mistakes of a derive were never reported");
    }
}
