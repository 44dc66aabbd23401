//! `#[derive(FieldType)]`: a newtype as the column of what it wraps.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::private;
use crate::newtype::Newtype;

/// The code of `#[derive(FieldType)]`.
pub(crate) fn newtype(ir: &Newtype) -> TokenStream {
    let (ident, member, ty, p) = (&ir.ident, &ir.member, &ir.ty, private(&ir.facade));
    let verdict = quote_spanned! {ty.span()=>
        const _: () = __hold(#p::assert::inner_of_newtype(<#ty as #p::FieldType>::FACTS));
    };
    let facts = quote_spanned!(ty.span()=> <#ty as #p::FieldType>::FACTS);
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #p::FieldType for #ident {
                const FACTS: #p::TypeFacts = #facts;
                const CHOICES: &'static [(&'static str, &'static str)] = <#ty as #p::FieldType>::CHOICES;

                fn to_value(&self) -> #p::Value {
                    <#ty as #p::FieldType>::to_value(&self.#member)
                }

                fn from_value(
                    value: #p::Value,
                    scale: ::core::option::Option<u32>,
                ) -> ::core::result::Result<Self, #p::WrongValue> {
                    let inner = <#ty as #p::FieldType>::from_value(value, scale)?;
                    ::core::result::Result::Ok(Self { #member: inner })
                }
            }
            use #p::assert::hold as __hold;
            #verdict
        };
    }
}
