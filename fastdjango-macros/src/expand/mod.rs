//! From the validated model to its code: constants, and a few impls without logic of their own.

mod assert;
mod choices;
mod def;
mod field;
mod newtype;
mod row;

pub(crate) use choices::{choices, default_text};
pub(crate) use newtype::newtype;

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir::Model;

/// The code of `#[derive(Model)]`.
pub(crate) fn model(ir: &Model) -> TokenStream {
    let (ident, private, p) = (&ir.ident, private(&ir.facade), quote!(__p));
    let groups = field::groups(ir, &p);
    let definition = def::model(ir, &p);
    let key = def::key(ir, &p);
    let columns = row::column_names(ir);
    let record = row::record(ir, &p);
    let insert = row::insert_values(ir, &p);
    let assertions = assert::model(ir, &p);
    quote! {
        const _: () = {
            use #private as __p;
            #groups
            #definition
            #key
            #columns
            #record
            #insert
            #p::inventory::submit! { #p::Registration(<#ident as #p::Model>::DEF) }
            #p::impl_from_row!(#ident);
            #assertions
        };
    }
}

/// The code of `#[derive(Fields)]`.
pub(crate) fn shared(ir: &Model) -> TokenStream {
    let (private, p) = (private(&ir.facade), quote!(__p));
    let groups = field::groups(ir, &p);
    let definition = def::shared(ir, &p);
    let columns = row::column_names(ir);
    let assertions = assert::shared(ir, &p);
    quote! {
        const _: () = {
            use #private as __p;
            #groups
            #definition
            #columns
            #assertions
        };
    }
}

/// The one module that generated code names; under a short name of its own, since the compiler reads it in every line.
fn private(facade: &syn::Path) -> TokenStream {
    quote!(#facade::__private)
}
