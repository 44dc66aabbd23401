//! Rows: the names of the columns, the values of an INSERT, and reading.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::field::some;
use crate::ir::{Field, Model, Role};

/// The constant `COLUMNS`: a struct with a name for each field.
pub(super) fn columns(ir: &Model, p: &TokenStream) -> TokenStream {
    let (ident, vis, name) = (&ir.ident, &ir.vis, &ir.name);
    let (ty, doc) = (format_ident!("__{name}Columns"), format!("The names of the columns of [`{name}`]."));
    let fields: Vec<&Field> = ir.fields.iter().filter(|field| field.role == Role::Column).collect();
    let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let docs = fields.iter().map(|field| format!("The column of `{}`.", field.name));
    let values = fields.iter().map(|field| column(field, p));
    quote! {
        #[doc = #doc]
        #[allow(dead_code, unreachable_pub, missing_debug_implementations, missing_copy_implementations)]
        #vis struct #ty { #(#[doc = #docs] #vis #idents: &'static str,)* }

        #[automatically_derived]
        impl #ident {
            #[doc = #doc]
            #[allow(dead_code, unreachable_pub)]
            #vis const COLUMNS: #ty = #ty { #(#idents: #values,)* };
        }
    }
}

fn column(field: &Field, p: &TokenStream) -> TokenStream {
    let ty = &field.ty;
    if let Some(column) = &field.attrs.column {
        return column.value.to_token_stream();
    }
    let (name, with_id) = (&field.name, format!("{}_id", field.name));
    quote_spanned!(ty.span()=> #p::assert::column(<#ty as #p::FieldType>::FACTS, #name, #with_id))
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
    let writes = ir.fields.iter().filter_map(|field| write(field, p));
    let reads = ir.fields.iter().map(|field| read(field, p));
    quote! {
        fn write(&self, values: &mut #p::Vec<(&'static str, #p::Value)>) {
            #(#writes)*
        }

        fn read(row: &dyn #p::Columns) -> ::core::result::Result<Self, #p::DecodeError> {
            ::core::result::Result::Ok(Self { #(#reads,)* })
        }
    }
}

fn write(field: &Field, p: &TokenStream) -> Option<TokenStream> {
    let (ident, ty) = (&field.ident, &field.ty);
    match field.role {
        Role::Column if field.attrs.auto.is_some() || field.attrs.generated.is_some() => None,
        Role::Column => Some(quote_spanned! {ty.span()=>
            #p::write(values, Self::COLUMNS.#ident, <#ty as #p::FieldType>::FACTS, <#ty as #p::FieldType>::to_value(&self.#ident));
        }),
        Role::Flatten => Some(quote_spanned!(ty.span()=> <#ty as #p::Fields>::write(&self.#ident, values);)),
        Role::Skip => None,
    }
}

fn read(field: &Field, p: &TokenStream) -> TokenStream {
    let (ident, ty) = (&field.ident, &field.ty);
    let value = match field.role {
        Role::Column => {
            let scale = some(field.attrs.decimal_places.as_ref(), ToTokens::to_token_stream);
            let scale = scale.unwrap_or_else(|| quote!(::core::option::Option::None));
            quote_spanned! {ty.span()=>
                #p::read(row, Self::COLUMNS.#ident, <#ty as #p::FieldType>::FACTS, <#ty as #p::FieldType>::from_value, #scale)?
            }
        }
        Role::Flatten => quote_spanned!(ty.span()=> <#ty as #p::Fields>::read(row)?),
        Role::Skip => quote_spanned!(ty.span()=> <#ty as ::core::default::Default>::default()),
    };
    quote!(#ident: #value)
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
                let mut values = #p::Vec::new();
                #p::Record::write(self, &mut values);
                values
            }
        }
    }
}
