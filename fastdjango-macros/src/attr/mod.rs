//! Attributes as they were written: every word understood, nothing yet compared with anything else.

mod facade;
mod field;
mod model;

pub(crate) use facade::crate_path;
pub(crate) use field::FieldAttrs;
pub(crate) use model::{CheckAttrs, ForeignKeyAttrs, IndexAttrs, ModelAttrs, UniqueAttrs};

use crate::ctxt::Ctxt;
use crate::meta::{self, Item};

/// The label of an app whose models name none, and what data migrations are called by: the package that is being compiled.
pub(crate) fn package_label() -> String {
    std::env::var("CARGO_PKG_NAME").unwrap_or_default().replace('-', "_")
}

/// The items of every attribute `#[name(…)]` of a list.
pub(crate) fn items_of(cx: &Ctxt, attrs: &[syn::Attribute], name: &str) -> Vec<Item> {
    let mut items = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident(name)) {
        match &attr.meta {
            syn::Meta::List(list) => items.extend(meta::items(cx, list.tokens.clone())),
            syn::Meta::Path(_) | syn::Meta::NameValue(_) => {
                cx.error_at(attr, format_args!("`{name}` takes its attributes in parentheses: `#[{name}(…)]`"));
            }
        }
    }
    items
}
