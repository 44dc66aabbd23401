//! The definition of a model, and of its key.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::field::{action, deferrable, group_list, some, sql};
use super::row::methods;
use crate::attr::{CheckAttrs, ForeignKeyAttrs, IndexAttrs, UniqueAttrs};
use crate::ir::Model;
use crate::value::{Name, Spanned};

/// `impl Model`.
pub(super) fn model(ir: &Model, p: &TokenStream) -> TokenStream {
    let (ident, app, name, table) = (&ir.ident, &ir.app, &ir.name, &ir.table);
    let (line, column) = (ir.place.line, ir.place.column);
    let groups = group_list(ir, p);
    let settings = settings(ir, p);
    let plain = quote! {
        #p::ModelDef::new(
            <#ident as #p::Model>::LABEL,
            #table,
            #groups,
            #p::Source {
                manifest_dir: ::core::env!("CARGO_MANIFEST_DIR"),
                package: ::core::env!("CARGO_PKG_NAME"),
                file: ::core::file!(),
                line: #line,
                column: #column,
            },
        )
    };
    let definition = if settings.is_empty() { plain } else { quote!(#p::ModelDef { #(#settings,)* ..#plain }) };
    quote! {
        #[automatically_derived]
        impl #p::Model for #ident {
            const LABEL: #p::ModelLabel = #p::ModelLabel { app: #app, model: #name };
            const TABLE: &'static str = #table;
            const DEF: &'static #p::ModelDef = &#definition;
        }
    }
}

/// `impl Fields`.
pub(super) fn shared(ir: &Model, p: &TokenStream) -> TokenStream {
    let (ident, methods) = (&ir.ident, methods(ir, p));
    let groups = group_list(ir, p);
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #p::Fields for #ident {
            const FIELDS: &'static [#p::FieldDef] = {
                const GROUPS: &[&[#p::FieldDef]] = #groups;
                if GROUPS.is_empty() { &[] } else { GROUPS[0] }
            };

            #methods
        }
    }
}

/// `impl Keyed`, for a key of one field.
pub(super) fn key(ir: &Model, p: &TokenStream) -> Option<TokenStream> {
    let key = ir.fields.iter().find(|field| field.attrs.primary_key.is_some())?;
    let (ident, field, ty) = (&ir.ident, &key.ident, &key.ty);
    let clone = quote_spanned!(ty.span()=> <#ty as ::core::clone::Clone>::clone(&self.#field));
    Some(quote! {
        #[automatically_derived]
        impl #p::Keyed<#ty> for #ident {
            fn key(&self) -> #ty {
                #clone
            }
        }
    })
}

fn settings(ir: &Model, p: &TokenStream) -> Vec<TokenStream> {
    let attrs = &ir.attrs;
    let mut list: Vec<TokenStream> = Vec::new();
    list.extend(
        some(attrs.renamed_from.as_ref(), |name| name.0.to_token_stream()).map(|name| quote!(renamed_from: #name)),
    );
    list.extend(some(attrs.comment.as_ref(), ToTokens::to_token_stream).map(|text| quote!(comment: #text)));
    list.extend(attrs.managed.as_ref().map(|managed| managed.value).map(|managed| quote!(managed: #managed)));
    if let Some(key) = &attrs.primary_key {
        let fields = names(key.value.fields.as_ref());
        list.push(quote!(primary_key: #fields));
    }
    let mut add = |name: &str, defs: Vec<TokenStream>| {
        let name = quote::format_ident!("{name}");
        if !defs.is_empty() {
            list.push(quote!(#name: &[#(#defs),*]));
        }
    };
    add("extensions", attrs.extensions.iter().map(|extension| extension.value.to_token_stream()).collect());
    add("indexes", attrs.indexes.iter().map(|attrs| index(&attrs.value, p)).collect());
    add("uniques", attrs.uniques.iter().map(|attrs| unique(&attrs.value, p)).collect());
    add("checks", attrs.checks.iter().map(|attrs| check(&attrs.value, p)).collect());
    add("foreign_keys", attrs.foreign_keys.iter().map(|attrs| foreign_key(&attrs.value, p)).collect());
    list
}

fn index(attrs: &IndexAttrs, p: &TokenStream) -> TokenStream {
    let fields = attrs.fields.iter().flat_map(|list| &list.value).map(|field| {
        let (name, descending) = (&field.name.text, field.descending);
        quote!((#name, #descending))
    });
    let lengths = attrs.fields.iter().flat_map(|list| &list.value).filter_map(|field| {
        let (name, length) = (&field.name.text, field.length?);
        Some(quote!((#name, #length)))
    });
    let lengths: Vec<TokenStream> = lengths.collect();
    let lengths = (!lengths.is_empty()).then(|| quote!(lengths: &[#(#lengths),*],));
    let include = names(attrs.include.as_ref());
    let (unique, concurrently) = (attrs.unique.is_some(), attrs.concurrently.is_some());
    let options = [
        ("name", some(attrs.name.as_ref(), ToTokens::to_token_stream)),
        ("condition", some(attrs.condition.as_ref(), |fragment| sql(fragment, p))),
        ("expression", some(attrs.expression.as_ref(), |fragment| sql(fragment, p))),
        ("method", some(attrs.method.as_ref(), ToTokens::to_token_stream)),
        ("opclass", some(attrs.opclass.as_ref(), ToTokens::to_token_stream)),
    ];
    let options = given(options);
    quote! {
        #p::IndexDef {
            unique: #unique,
            concurrently: #concurrently,
            include: #include,
            #lengths
            #options
            ..#p::IndexDef::new(&[#(#fields),*])
        }
    }
}

fn unique(attrs: &UniqueAttrs, p: &TokenStream) -> TokenStream {
    let fields = names(attrs.fields.as_ref());
    let nulls_distinct = attrs.nulls_distinct.as_ref().is_none_or(|distinct| distinct.value);
    let options = given([
        ("name", some(attrs.name.as_ref(), ToTokens::to_token_stream)),
        ("condition", some(attrs.condition.as_ref(), |fragment| sql(fragment, p))),
        ("deferrable", some(attrs.deferrable.as_ref(), |when| deferrable(*when, p))),
    ]);
    quote!(#p::UniqueDef { nulls_distinct: #nulls_distinct, #options ..#p::UniqueDef::new(#fields) })
}

fn check(attrs: &CheckAttrs, p: &TokenStream) -> TokenStream {
    let name = optional(some(attrs.name.as_ref(), ToTokens::to_token_stream));
    let fragment = attrs.sql.as_ref().map(|fragment| sql(&fragment.value, p));
    quote!(#p::CheckDef { name: #name, sql: #fragment })
}

fn foreign_key(attrs: &ForeignKeyAttrs, p: &TokenStream) -> TokenStream {
    let (fields, to_fields) = (names(attrs.fields.as_ref()), names(attrs.to_fields.as_ref()));
    let to = attrs.to.as_ref().map(|to| &to.value);
    let label = quote_spanned!(to.span()=> <#to as #p::Model>::LABEL);
    let on_delete = attrs.on_delete.as_ref().map_or_else(Default::default, |on| on.value);
    let on_update = attrs.on_update.as_ref().map_or_else(Default::default, |on| on.value);
    let (on_delete, on_update) = (action(on_delete, p), action(on_update, p));
    let when = optional(some(attrs.deferrable.as_ref(), |when| deferrable(*when, p)));
    let name = optional(some(attrs.name.as_ref(), ToTokens::to_token_stream));
    quote! {
        #p::ForeignKeyDef {
            name: #name,
            fields: #fields,
            to: #label,
            to_fields: #to_fields,
            on_delete: #on_delete,
            on_update: #on_update,
            deferrable: #when,
        }
    }
}

/// The options that were given, as fields of a constant.
fn given<const N: usize>(options: [(&str, Option<TokenStream>); N]) -> TokenStream {
    let options = options.into_iter().filter_map(|(name, value)| {
        let (name, value) = (quote::format_ident!("{name}"), value?);
        Some(quote!(#name: #value,))
    });
    options.collect()
}

fn optional(value: Option<TokenStream>) -> TokenStream {
    value.unwrap_or_else(|| quote!(::core::option::Option::None))
}

/// A list of fields' names as a constant.
pub(super) fn names(list: Option<&Spanned<Vec<Name>>>) -> TokenStream {
    let names = list.iter().flat_map(|list| &list.value).map(|name| &name.text);
    quote!(&[#(#names),*])
}
