//! Names of fields and models.

use proc_macro2::{Group, Ident, Span, TokenTree};
use syn::Token;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;

use super::{Value, Wrong, parsed, value};
use crate::meta::Item;

/// A name of something in Rust: an identifier, or the same in quotes.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

impl Name {
    fn new(ident: &Ident) -> Self {
        Self { text: ident.unraw().to_string(), span: ident.span() }
    }
}

impl Value for Name {
    const NOUN: &'static str = "a name";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        if let Ok(text) = parsed::<syn::LitStr>(item) {
            let ident = text.parse_with(Ident::parse_any).map_err(|_| Wrong::Form)?;
            return Ok(Self { span: text.span(), ..Self::new(&ident) });
        }
        let ident = Ident::parse_any.parse2(value(item)?.clone()).map_err(|_| Wrong::Form)?;
        Ok(Self::new(&ident))
    }
}

/// A field of a list, and whether it is in descending order.
#[derive(Clone, Debug)]
pub(crate) struct Ordered {
    pub(crate) name: Name,
    pub(crate) descending: bool,
}

impl Value for Vec<Ordered> {
    const NOUN: &'static str = "a list of fields";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        let Some(TokenTree::Group(group)) = value(item)?.clone().into_iter().next() else { return Err(Wrong::Form) };
        bracketed(item, &group, ordered)
    }
}

impl Value for Vec<Name> {
    const NOUN: &'static str = "a list of fields";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        let Some(TokenTree::Group(group)) = value(item)?.clone().into_iter().next() else { return Err(Wrong::Form) };
        bracketed(item, &group, plain)
    }
}

fn bracketed<T>(item: &Item, group: &Group, parse: fn(ParseStream) -> syn::Result<T>) -> Result<Vec<T>, Wrong> {
    let parser = |input: ParseStream| Punctuated::<T, Token![,]>::parse_terminated_with(input, parse);
    let list: Vec<T> = parser.parse2(group.stream())?.into_iter().collect();
    if list.is_empty() {
        let message = format!("`{}` may not be empty; name at least one field", item.word());
        return Err(syn::Error::new(group.span(), message).into());
    }
    Ok(list)
}

fn ordered(input: ParseStream) -> syn::Result<Ordered> {
    let descending = input.parse::<Option<Token![-]>>()?.is_some();
    Ok(Ordered { name: plain(input)?, descending })
}

fn plain(input: ParseStream) -> syn::Result<Name> {
    if input.peek(Token![-]) {
        return Err(input.error("only an index has an order; name the field without `-`"));
    }
    if input.peek(syn::LitStr) {
        return Err(input.error("fields are named without quotes, as in `fields = [author, slug]`"));
    }
    let ident =
        input.call(Ident::parse_any).map_err(|error| syn::Error::new(error.span(), "expected a field's name"))?;
    Ok(Name::new(&ident))
}

impl Value for syn::Path {
    const NOUN: &'static str = "a model";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        syn::Path::parse_mod_style.parse2(value(item)?.clone()).map_err(|_| Wrong::Form)
    }
}
