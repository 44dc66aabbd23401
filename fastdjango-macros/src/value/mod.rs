//! The values of attributes: strings, numbers, names, literals, fragments of SQL.

mod literal;
mod name;
mod sql;
mod word;

pub(crate) use literal::Literal;
pub(crate) use name::{Former, Name, Ordered, is_label};
pub(crate) use sql::Sql;

use proc_macro2::{Span, TokenStream};

use crate::ctxt::Ctxt;
use crate::meta::{Form, Item};
use crate::symbol::Word;

/// A value, and the word that it was given under.
#[derive(Clone, Debug)]
pub(crate) struct Spanned<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

/// Why an item is not of the type that its word wants.
pub(crate) enum Wrong {
    /// Another form altogether: the usage of the word says it all.
    Form,
    /// A mistake inside.
    Inside(syn::Error),
}

impl From<syn::Error> for Wrong {
    fn from(error: syn::Error) -> Self {
        Self::Inside(error)
    }
}

/// A type of value that an attribute can have.
pub(crate) trait Value: Sized {
    /// What the word takes, as a noun.
    const NOUN: &'static str;

    fn parse(item: &Item) -> Result<Self, Wrong>;
}

/// Puts an item into its slot; a second one, or one of another form, is a mistake.
pub(crate) fn set<T: Value>(cx: &Ctxt, slot: &mut Option<Spanned<T>>, item: &Item, words: &[Word]) {
    let word = item.word();
    if slot.is_some() {
        cx.error(item.span(), format_args!("duplicate attribute `{word}`; remove one of the two"));
        return;
    }
    match T::parse(item) {
        Ok(value) => *slot = Some(Spanned { value, span: item.span() }),
        Err(Wrong::Inside(error)) => drop(cx.take::<()>(Err(error))),
        Err(Wrong::Form) => {
            let usage = words.iter().find(|w| w.name == word).map_or("", |w| w.usage);
            let advice = if usage == word { "; write it alone, or leave it out" } else { ", as in " };
            let example = if usage == word { String::new() } else { format!("`{usage}`") };
            let message = format!("`{word}` takes {}{advice}{example}", T::NOUN);
            cx.error_at(item.value_tokens(), message);
        }
    }
}

fn value(item: &Item) -> Result<&TokenStream, Wrong> {
    match &item.form {
        Form::Value(tokens) => Ok(tokens),
        Form::Word | Form::List(_) => Err(Wrong::Form),
    }
}

fn parsed<T: syn::parse::Parse>(item: &Item) -> Result<T, Wrong> {
    syn::parse2(value(item)?.clone()).map_err(|_| Wrong::Form)
}

/// A word that stands alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flag;

impl Value for Flag {
    const NOUN: &'static str = "no value";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        matches!(item.form, Form::Word).then_some(Self).ok_or(Wrong::Form)
    }
}

impl Value for bool {
    const NOUN: &'static str = "`true` or `false`";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        match item.form {
            Form::Word => Ok(true),
            _ => parsed::<syn::LitBool>(item).map(|lit| lit.value),
        }
    }
}

impl Value for String {
    const NOUN: &'static str = "a string";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        let lit = parsed::<syn::LitStr>(item)?;
        let text = lit.value();
        if text.trim().is_empty() || text.contains('\0') {
            return Err(syn::Error::new(lit.span(), format_args!("`{}` may not be empty", item.word())).into());
        }
        Ok(text)
    }
}

impl Value for u32 {
    const NOUN: &'static str = "a whole number";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        parsed::<syn::LitInt>(item)?.base10_parse().map_err(Wrong::Inside)
    }
}
