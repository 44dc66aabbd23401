//! The enum of `#[derive(Choices)]`.

use std::collections::BTreeMap;

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Fields};

use crate::attr;
use crate::ctxt::Ctxt;
use crate::expand::default_text;
use crate::meta::{self, Form, Item};
use crate::symbol::{CHOICE, CHOICES};
use crate::value::{Spanned, Value, Wrong, set};

/// An enum of choices.
pub(crate) struct Choices {
    pub(crate) ident: Ident,
    pub(crate) facade: syn::Path,
    pub(crate) variants: Vec<Variant>,
    /// A type of its own, where the database has such.
    pub(crate) native: Option<Native>,
}

/// What `#[choices(native)]` says.
pub(crate) struct Native {
    /// The type.
    pub(crate) name: String,
    /// The app that owns it.
    pub(crate) app: Option<String>,
}

/// One choice.
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    /// Without `r#`.
    pub(crate) name: String,
    /// What the column holds.
    pub(crate) text: String,
    /// What it held before.
    pub(crate) renamed_from: Option<Spanned<String>>,
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
            return Self { ident, facade, variants: Vec::new(), native: None };
        };
        if data.variants.is_empty() {
            cx.error(ident.span(), format_args!("`{ident}` has no variant, so its column could hold nothing; add one"));
        }
        for param in &input.generics.params {
            cx.error_at(param, "choices have no parameters; remove this");
        }
        let variants: Vec<Variant> = data.variants.iter().map(|variant| Variant::from_syn(cx, variant)).collect();
        texts_differ(cx, &variants);
        let native = native(cx, input, &ident);
        former_texts(cx, &variants, native.is_some());
        Self { ident, facade, variants, native }
    }
}

/// The name of a type: what is given, or the enum's own in snake case.
struct TypeName(Option<String>);

impl Value for TypeName {
    const NOUN: &'static str = "the name of a type, or nothing";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        match item.form {
            Form::Word => Ok(Self(None)),
            _ => String::parse(item).map(|name| Self(Some(name))),
        }
    }
}

fn native(cx: &Ctxt, input: &DeriveInput, ident: &Ident) -> Option<Native> {
    let (mut native, mut app): (Option<Spanned<TypeName>>, Option<Spanned<String>>) = (None, None);
    for item in attr::items_of(cx, &input.attrs, "choices") {
        match item.word().as_str() {
            "native" => set(cx, &mut native, &item, CHOICES),
            "app" => set(cx, &mut app, &item, CHOICES),
            _ => meta::unknown(cx, &item, "choices", CHOICES, &[(CHOICE, "`#[choice(…)]` on a variant")]),
        }
    }
    if let (None, Some(app)) = (&native, &app) {
        cx.error(app.span, "`app` says which app makes the type; write `native` too, or remove it");
    }
    let name = native?.value.0.unwrap_or_else(|| default_text(&ident.unraw().to_string()));
    Some(Native { name, app: app.map(|app| app.value) })
}

/// A former text is one that is nobody's now, and only a type has texts that can be renamed.
fn former_texts(cx: &Ctxt, variants: &[Variant], native: bool) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for variant in variants {
        let Some(former) = &variant.renamed_from else { continue };
        let text = former.value.as_str();
        if !native {
            let message = format!(
                "`renamed_from` is for native enums, `#[choices(native)]`; to keep the rows here, keep the text with \
                 `value = \"{text}\"`"
            );
            cx.error(former.span, message);
        } else if let Some(other) = variants.iter().find(|other| other.text == text) {
            let message = format!("`{text}` is still the text of `{}`; remove `renamed_from`", other.name);
            cx.error(former.span, message);
        } else if let Some(other) = seen.insert(text, &variant.name) {
            let message = format!("`{other}` is `renamed_from = \"{text}\"` already; remove one of the two");
            cx.error(former.span, message);
        }
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
        let (mut value, mut renamed_from): (Option<Spanned<String>>, Option<Spanned<String>>) = (None, None);
        for item in attr::items_of(cx, &variant.attrs, "choice") {
            match item.word().as_str() {
                "value" => set(cx, &mut value, &item, CHOICE),
                "renamed_from" => set(cx, &mut renamed_from, &item, CHOICE),
                _ => meta::unknown(cx, &item, "choice", CHOICE, &[(CHOICES, "`#[choices(…)]` on the enum")]),
            }
        }
        let text = value.map_or_else(|| default_text(&name), |value| value.value);
        Self { ident: variant.ident.clone(), name, text, renamed_from }
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
