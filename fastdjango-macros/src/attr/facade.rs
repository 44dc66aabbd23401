//! `#[fastdjango(crate = "…")]`: where the derive finds the facade crate.

use super::items_of;
use crate::ctxt::Ctxt;
use crate::meta;
use crate::symbol::FACADE;
use crate::value;

/// The path of the facade: `::fastdjango`, unless the struct says otherwise.
pub(crate) fn crate_path(cx: &Ctxt, attrs: &[syn::Attribute]) -> syn::Path {
    let mut slot = None;
    for item in items_of(cx, attrs, "fastdjango") {
        if item.word() == "crate" {
            value::set::<String>(cx, &mut slot, &item, FACADE);
            continue;
        }
        meta::unknown(cx, &item, "`fastdjango`", FACADE, &[]);
    }
    let given = slot.and_then(|text| {
        let path = syn::parse_str::<syn::Path>(&text.value);
        cx.take(path.map_err(|_| {
            syn::Error::new(text.span, "`crate` takes the path of a crate, as in `crate = \"other::fastdjango\"`")
        }))
    });
    given.unwrap_or_else(|| syn::parse_quote!(::fastdjango))
}
