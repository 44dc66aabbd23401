//! The enum of `#[derive(Choices)]`.

use std::collections::BTreeMap;

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Fields};

use crate::attr;
use crate::ctxt::Ctxt;
use crate::expand::default_text;
use crate::meta;
use crate::symbol::CHOICE;
use crate::value::{Spanned, set};

/// An enum of choices.
pub(crate) struct Choices {
    pub(crate) ident: Ident,
    pub(crate) facade: syn::Path,
    pub(crate) variants: Vec<Variant>,
}

/// One choice.
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    /// Without `r#`.
    pub(crate) name: String,
    /// What the column holds.
    pub(crate) text: String,
}

impl Choices {
    pub(crate) fn from_syn(cx: &Ctxt, input: &DeriveInput) -> Self {
        let facade = attr::crate_path(cx, &input.attrs);
        let ident = input.ident.clone();
        let Data::Enum(data) = &input.data else {
            cx.error(
                ident.span(),
                "`Choices` is for an enum; for a newtype derive `FieldType`, for a table derive `Model`",
            );
            return Self { ident, facade, variants: Vec::new() };
        };
        if data.variants.is_empty() {
            cx.error(ident.span(), format_args!("`{ident}` has no variant, so its column could hold nothing; add one"));
        }
        for param in &input.generics.params {
            cx.error_at(param, "choices have no parameters; remove this");
        }
        let variants: Vec<Variant> = data.variants.iter().map(|variant| Variant::from_syn(cx, variant)).collect();
        texts_differ(cx, &variants);
        Self { ident, facade, variants }
    }
}

impl Variant {
    fn from_syn(cx: &Ctxt, variant: &syn::Variant) -> Self {
        let name = variant.ident.unraw().to_string();
        if !matches!(variant.fields, Fields::Unit) {
            let message =
                format!("a choice is a text without data; write `{name}` alone, or keep the enum as `Json<…>`");
            cx.error_at(&variant.fields, message);
        }
        let mut value: Option<Spanned<String>> = None;
        for item in attr::items_of(cx, &variant.attrs, "choice") {
            match item.word().as_str() {
                "value" => set(cx, &mut value, &item, CHOICE),
                _ => meta::unknown(cx, &item, "choice", CHOICE, &[]),
            }
        }
        let text = value.map_or_else(|| default_text(&name), |value| value.value);
        Self { ident: variant.ident.clone(), name, text }
    }
}

fn texts_differ(cx: &Ctxt, variants: &[Variant]) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for variant in variants {
        if let Some(other) = seen.insert(&variant.text, &variant.name) {
            let message = format!(
                "`{}` is stored as `{}`, and so is `{other}`; give one of them `#[choice(value = \"…\")]`",
                variant.name, variant.text
            );
            cx.error(variant.ident.span(), message);
        }
    }
}
