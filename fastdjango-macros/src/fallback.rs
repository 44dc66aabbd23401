//! What a struct gets when its derive failed: the errors, and impls so empty that nothing else is reported.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::attr;
use crate::ctxt::Ctxt;

/// The errors beside an impl of the derived trait.
pub(crate) fn expand(input: &DeriveInput, derive: &str, error: &syn::Error) -> TokenStream {
    let errors = error.to_compile_error();
    // What is wrong with the path was reported with the rest.
    let cx = Ctxt::default();
    let facade = attr::crate_path(&cx, &input.attrs);
    drop(cx.finish());
    let impls = match derive {
        "Model" => model(input, &facade),
        "Fields" => fields(input, &facade),
        "Choices" => {
            let (choices, column) = (choices(input, &facade), field_type(input, &facade));
            quote!(#choices #column)
        }
        _ => field_type(input, &facade),
    };
    quote!(#errors #impls)
}

fn model(input: &DeriveInput, facade: &syn::Path) -> TokenStream {
    let ident = &input.ident;
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    // A key of any type, so that references to the model are not reported too.
    let key = input.generics.params.is_empty().then(|| {
        quote! {
            #[automatically_derived]
            impl<__K> #facade::__private::Keyed<__K> for #ident {
                fn key(&self) -> __K {
                    ::core::unreachable!()
                }
            }
        }
    });
    let rows = rows(input, facade);
    quote! {
        #[automatically_derived]
        impl #generics #facade::__private::Model for #ident #arguments #bounds {
            const LABEL: #facade::__private::ModelLabel = #facade::__private::ModelLabel { app: "", model: "" };
            const TABLE: &'static str = "";
            const DEF: &'static #facade::__private::ModelDef = #facade::__private::NO_MODEL;
        }

        #key
        #rows
    }
}

/// What the rest of the program uses of a model: without it, each use would be an error of its own.
fn rows(input: &DeriveInput, facade: &syn::Path) -> Option<TokenStream> {
    let syn::Data::Struct(data) = &input.data else { return None };
    if !input.generics.params.is_empty() {
        return None;
    }
    let (ident, vis) = (&input.ident, &input.vis);
    let fields: Vec<_> = data.fields.iter().filter_map(|field| field.ident.as_ref()).collect();
    Some(quote! {
        const _: () = {
            #[allow(missing_docs, dead_code, unreachable_pub)]
            #vis struct __Columns { #(#vis #fields: &'static str,)* }

            #[allow(missing_docs, dead_code, unreachable_pub)]
            impl #ident {
                #vis const COLUMNS: __Columns = __Columns { #(#fields: "",)* };

                #vis fn insert_values(&self) -> #facade::__private::Vec<(&'static str, #facade::__private::Value)> {
                    #facade::__private::Vec::new()
                }
            }

            #[automatically_derived]
            impl #facade::__private::Record for #ident {
                fn write(&self, _: &mut #facade::__private::Vec<(&'static str, #facade::__private::Value)>) {}

                fn read(
                    _: &dyn #facade::__private::Columns,
                ) -> ::core::result::Result<Self, #facade::__private::DecodeError> {
                    ::core::unreachable!()
                }
            }

            #facade::__private::impl_from_row!(#ident);
        };
    })
}

fn fields(input: &DeriveInput, facade: &syn::Path) -> TokenStream {
    let ident = &input.ident;
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #generics #facade::__private::Fields for #ident #arguments #bounds {
            const FIELDS: &'static [#facade::__private::FieldDef] = &[];

            fn write(&self, _: &mut #facade::__private::Vec<(&'static str, #facade::__private::Value)>) {}

            fn read(_: &dyn #facade::__private::Columns) -> ::core::result::Result<Self, #facade::__private::DecodeError> {
                ::core::unreachable!()
            }
        }
    }
}

fn choices(input: &DeriveInput, facade: &syn::Path) -> TokenStream {
    let ident = &input.ident;
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #generics #facade::__private::Choices for #ident #arguments #bounds {
            const ALL: &'static [Self] = &[];

            fn as_str(&self) -> &'static str {
                ""
            }

            fn from_text(_: &str) -> ::core::option::Option<Self> {
                ::core::option::Option::None
            }
        }
    }
}

fn field_type(input: &DeriveInput, facade: &syn::Path) -> TokenStream {
    let ident = &input.ident;
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #generics #facade::__private::FieldType for #ident #arguments #bounds {
            const FACTS: #facade::__private::TypeFacts =
                #facade::__private::TypeFacts::column(#facade::__private::TypeDef::Text);

            fn to_value(&self) -> #facade::__private::Value {
                #facade::__private::Value::Null
            }

            fn from_value(
                _: #facade::__private::Value,
                _: ::core::option::Option<u32>,
            ) -> ::core::result::Result<Self, #facade::__private::WrongValue> {
                ::core::unreachable!()
            }
        }
    }
}
