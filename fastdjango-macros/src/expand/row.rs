//! Rows: the names of the columns, the values of an INSERT, and reading.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::field::{Part, columns, parts};
use crate::ir::{Field, Model, Role};

/// The constant `COLUMNS`: a struct with a name for each field.
pub(super) fn column_names(ir: &Model) -> TokenStream {
    let (ident, vis, name) = (&ir.ident, &ir.vis, &ir.name);
    let (ty, doc) = (format_ident!("__{name}Columns"), format!("The names of the columns of [`{name}`]."));
    let fields = columns(ir);
    let idents: Vec<_> = fields.iter().map(|(field, _)| &field.ident).collect();
    let docs = fields.iter().map(|(field, _)| format!("The column of `{}`.", field.name));
    let defs = fields.iter().map(|(_, def)| def);
    quote! {
        #[doc = #doc]
        #[allow(dead_code, unreachable_pub, missing_debug_implementations, missing_copy_implementations)]
        #vis struct #ty { #(#[doc = #docs] #vis #idents: &'static str,)* }

        #[automatically_derived]
        impl #ident {
            #[doc = #doc]
            #[allow(dead_code, unreachable_pub)]
            #vis const COLUMNS: #ty = #ty { #(#idents: #defs.column_name(),)* };
        }
    }
}

/// `impl Record`: what an INSERT names, and what a row gives back.
pub(super) fn record(ir: &Model, p: &TokenStream) -> TokenStream {
    let ident = &ir.ident;
    let methods = methods(ir, p);
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #p::Record for #ident { #methods }
    }
}

/// The methods that `Record` and `Fields` have in common.
pub(super) fn methods(ir: &Model, p: &TokenStream) -> TokenStream {
    let defs = columns(ir);
    let def = |field: &Field| defs.iter().find(|(other, _)| other.ident == field.ident).map(|(_, def)| def);
    let writes = writes(ir, p);
    let reads = ir.fields.iter().map(|field| read(field, def(field), p));
    quote! {
        fn write(&self, values: &mut #p::Vec<(&'static str, #p::Value)>) {
            #writes
        }

        fn read(row: &dyn #p::Columns) -> ::core::result::Result<Self, #p::DecodeError> {
            ::core::result::Result::Ok(Self { #(#reads,)* })
        }
    }
}

/// A call for each group of fields.
fn writes(ir: &Model, p: &TokenStream) -> TokenStream {
    let groups = parts(ir).into_iter().map(|part| match part {
        Part::Own(name, run) => {
            let values = run.iter().map(|field| {
                let (ident, ty) = (&field.ident, &field.ty);
                quote_spanned!(ty.span()=> <#ty as #p::FieldType>::to_value(&self.#ident))
            });
            quote!(#p::write(values, #name, [#(#values),*]);)
        }
        Part::Flattened(field) => {
            let (ident, ty) = (&field.ident, &field.ty);
            quote_spanned!(ty.span()=> <#ty as #p::Fields>::write(&self.#ident, values);)
        }
    });
    groups.collect()
}

fn read(field: &Field, def: Option<&TokenStream>, p: &TokenStream) -> TokenStream {
    let (ident, ty) = (&field.ident, &field.ty);
    let result = match (field.role, def) {
        (Role::Column, Some(def)) => {
            quote_spanned!(ty.span()=> #p::read(row, &#def, <#ty as #p::FieldType>::from_value))
        }
        (Role::Flatten, _) => quote_spanned!(ty.span()=> <#ty as #p::Fields>::read(row)),
        (Role::Column | Role::Skip, _) => {
            return quote_spanned!(ty.span()=> #ident: <#ty as ::core::default::Default>::default());
        }
    };
    // Spelled out: the traits behind a `?` cost the compiler twice as much.
    quote! {
        #ident: match #result {
            ::core::result::Result::Ok(value) => value,
            ::core::result::Result::Err(error) => return ::core::result::Result::Err(error),
        }
    }
}

/// `insert_values`, the inherent way to what an INSERT names.
pub(super) fn insert_values(ir: &Model, p: &TokenStream) -> TokenStream {
    let (ident, vis) = (&ir.ident, &ir.vis);
    quote! {
        #[automatically_derived]
        impl #ident {
            /// Gives the columns and values of an INSERT: those that the database does not fill in itself.
            #[must_use]
            #[allow(dead_code, unreachable_pub)]
            #vis fn insert_values(&self) -> #p::Vec<(&'static str, #p::Value)> {
                #p::Record::values(self)
            }
        }
    }
}
