//! `#[derive(Choices)]`: an enum as a column of text.

use fastdjango_core::name;
use proc_macro2::TokenStream;
use quote::quote;

use super::private;
use crate::choices::Choices;

/// The code of `#[derive(Choices)]`.
pub(crate) fn choices(ir: &Choices) -> TokenStream {
    let (ident, p) = (&ir.ident, private(&ir.facade));
    let variants: Vec<_> = ir.variants.iter().map(|variant| &variant.ident).collect();
    let names = ir.variants.iter().map(|variant| &variant.name);
    let texts: Vec<_> = ir.variants.iter().map(|variant| &variant.text).collect();
    let facts = facts(ir);
    let expected = format!("one of the choices of `{}`", ir.ident);
    quote! {
        const _: () = {
            const __CHOICES: &[(&str, &str)] = &[#((#names, #texts)),*];

            #[automatically_derived]
            impl #p::Choices for #ident {
                const ALL: &'static [Self] = &[#(Self::#variants),*];

                fn as_str(&self) -> &'static str {
                    match self { #(Self::#variants => #texts,)* }
                }

                fn from_text(text: &str) -> ::core::option::Option<Self> {
                    match text {
                        #(#texts => ::core::option::Option::Some(Self::#variants),)*
                        _ => ::core::option::Option::None,
                    }
                }
            }

            #[automatically_derived]
            impl #p::FieldType for #ident {
                const FACTS: #p::TypeFacts = #facts;
                const CHOICES: &'static [(&'static str, &'static str)] = __CHOICES;

                fn to_value(&self) -> #p::Value {
                    #p::choice_to_value(self)
                }

                fn from_value(
                    value: #p::Value,
                    _: ::core::option::Option<u32>,
                ) -> ::core::result::Result<Self, #p::WrongValue> {
                    #p::choice_from_value(&value, #expected)
                }
            }
        };
    }
}

/// What the enum is to a database.
fn facts(ir: &Choices) -> TokenStream {
    let p = private(&ir.facade);
    let texts = ir.variants.iter().map(|variant| &variant.text);
    let Some(native) = &ir.native else {
        return quote!(#p::TypeFacts::choices(&[#(#texts),*]));
    };
    let name = &native.name;
    let app = native
        .app
        .as_ref()
        .map_or_else(|| quote!(::core::option::Option::None), |app| quote!(::core::option::Option::Some(#app)));
    let renamed = ir.variants.iter().filter_map(|variant| {
        let (new, old) = (&variant.text, &variant.renamed_from.as_ref()?.value);
        Some(quote!((#new, #old)))
    });
    quote! {
        #p::TypeFacts::native(
            &#p::EnumDef { name: #name, app: #app, renamed_from: &[#(#renamed),*] },
            &[#(#texts),*],
        )
    }
}

/// The text of a variant that gives none.
pub(crate) fn default_text(variant: &str) -> String {
    name::snake_case(variant)
}
