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

/// True for the label of an app: it is a folder, and the first half of `blog.Post`.
pub(crate) fn is_label(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    !text.is_empty() && text.chars().all(plain) && !text.starts_with(|c: char| c.is_ascii_digit())
}

/// What a model was called before: a name, or in quotes `news.Article`, the name that it had in another app.
#[derive(Clone, Debug)]
pub(crate) struct Former(pub(crate) String);

impl Value for Former {
    const NOUN: &'static str = "a name, or \"app.Name\" of another app";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        let Ok(text) = parsed::<syn::LitStr>(item) else { return Ok(Self(Name::parse(item)?.text)) };
        match text.value().split_once('.') {
            None => Ok(Self(Name::parse(item)?.text)),
            Some((app, model)) if is_label(app) && syn::parse_str::<Ident>(model).is_ok() => Ok(Self(text.value())),
            Some(_) => Err(Wrong::Form),
        }
    }
}

/// A field of a list, whether it is in descending order, and how many characters of it.
#[derive(Clone, Debug)]
pub(crate) struct Ordered {
    pub(crate) name: Name,
    pub(crate) descending: bool,
    pub(crate) length: Option<u32>,
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
    let name = field(input)?;
    let length = input.peek(syn::token::Paren).then(|| length(input)).transpose()?;
    Ok(Ordered { name, descending, length })
}

/// `(20)`.
fn length(input: ParseStream) -> syn::Result<u32> {
    let inside;
    syn::parenthesized!(inside in input);
    let usage = "a length is a number of characters, as in `title(20)`";
    let number: syn::LitInt = inside.parse().map_err(|error| syn::Error::new(error.span(), usage))?;
    if !inside.is_empty() {
        return Err(inside.error(usage));
    }
    let length = number.base10_parse()?;
    if length == 0 {
        return Err(syn::Error::new(
            number.span(),
            "an index over no characters finds nothing; write a length of 1 or more",
        ));
    }
    Ok(length)
}

fn plain(input: ParseStream) -> syn::Result<Name> {
    if input.peek(Token![-]) {
        return Err(input.error("only an index has an order; name the field without `-`"));
    }
    let name = field(input)?;
    if input.peek(syn::token::Paren) {
        return Err(input.error("only an index may be over the beginning of a field; name it without a length"));
    }
    Ok(name)
}

fn field(input: ParseStream) -> syn::Result<Name> {
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
