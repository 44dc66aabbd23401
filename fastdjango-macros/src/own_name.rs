//! `Self` in the type of a field, as in `ForeignKey<Self>`.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Data, DeriveInput};

/// The same struct with its own name in place of `Self`, which the constants of an expansion do not know.
pub(crate) fn without_self(input: &DeriveInput) -> DeriveInput {
    let mut input = input.clone();
    let own = input.ident.clone();
    if let Data::Struct(data) = &mut input.data {
        for field in &mut data.fields {
            if let Ok(ty) = syn::parse2(named(field.ty.to_token_stream(), &own)) {
                field.ty = ty;
            }
        }
    }
    input
}

/// The tokens with the name where `Self` stands, at its place.
fn named(tokens: TokenStream, own: &Ident) -> TokenStream {
    let name = |token| match token {
        TokenTree::Ident(ident) if ident == "Self" => {
            let mut name = own.clone();
            name.set_span(ident.span());
            TokenTree::Ident(name)
        }
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), named(group.stream(), own));
            inner.set_span(group.span());
            TokenTree::Group(inner)
        }
        token @ (TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_)) => token,
    };
    tokens.into_iter().map(name).collect()
}
