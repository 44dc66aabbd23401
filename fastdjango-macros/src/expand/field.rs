//! Fields as constants.

use fastdjango_core::field::{Deferrable, Engine, OnDelete};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

use crate::ir::{Field, Model, Role};
use crate::value::{Literal, Spanned, Sql};

/// The fields of a struct in order: its own in runs, each with the constant that holds it, and the flattened ones.
pub(super) enum Part<'a> {
    Own(Ident, Vec<&'a Field>),
    Flattened(&'a Field),
}

/// The parts of a struct.
pub(super) fn parts(ir: &Model) -> Vec<Part<'_>> {
    let mut parts: Vec<Part> = Vec::new();
    for field in &ir.fields {
        match (field.role, parts.last_mut()) {
            (Role::Skip, _) => {}
            (Role::Flatten, _) => parts.push(Part::Flattened(field)),
            (Role::Column, Some(Part::Own(_, run))) => run.push(field),
            (Role::Column, _) => parts.push(Part::Own(format_ident!("__FIELDS_{}", parts.len()), vec![field])),
        }
    }
    parts
}

/// The constants of the struct's own fields.
pub(super) fn groups(ir: &Model, p: &TokenStream) -> TokenStream {
    let groups = parts(ir).into_iter().filter_map(|part| match part {
        Part::Own(name, run) => {
            let defs = run.into_iter().map(|field| field_def(field, p));
            Some(quote! { const #name: &[#p::FieldDef] = &[#(#defs),*]; })
        }
        Part::Flattened(_) => None,
    });
    groups.collect()
}

/// The list of the groups, flattened ones in their place.
pub(super) fn group_list(ir: &Model, p: &TokenStream) -> TokenStream {
    let list = parts(ir).into_iter().map(|part| match part {
        Part::Own(name, _) => quote!(#name),
        Part::Flattened(field) => {
            let ty = &field.ty;
            quote_spanned!(ty.span()=> <#ty as #p::Fields>::FIELDS)
        }
    });
    quote! { &[#(#list),*] }
}

/// The struct's own columns, each with the constant that holds its definition.
pub(super) fn columns(ir: &Model) -> Vec<(&Field, TokenStream)> {
    let numbered = parts(ir).into_iter().flat_map(|part| match part {
        Part::Own(name, run) => run.into_iter().enumerate().map(|(i, field)| (field, quote!(#name[#i]))).collect(),
        Part::Flattened(_) => Vec::new(),
    });
    numbered.collect()
}

fn field_def(field: &Field, p: &TokenStream) -> TokenStream {
    let (name, ty) = (&field.name, &field.ty);
    let reference_column = format!("{name}_id");
    let (line, column) = (field.place.line, field.place.column);
    let plain = quote_spanned! {ty.span()=>
        #p::FieldDef::new(#name, #reference_column, <#ty as #p::FieldType>::FACTS, #line, #column)
    };
    let settings = settings(field, p);
    if settings.is_empty() {
        return plain;
    }
    quote! {{
        let mut field = #plain;
        #(field.#settings;)*
        field
    }}
}

/// The attributes that were given, as fields of the constant.
fn settings(field: &Field, p: &TokenStream) -> Vec<TokenStream> {
    let attrs = &field.attrs;
    let mut list = Vec::new();
    let mut add = |name: &str, value: Option<TokenStream>| {
        let name = format_ident!("{name}");
        list.extend(value.map(|value| quote!(#name = #value)));
    };
    add("primary_key", attrs.primary_key.as_ref().map(|_| quote!(true)));
    add("auto", attrs.auto.as_ref().map(|_| quote!(true)));
    add("unique", attrs.unique.as_ref().map(|_| quote!(true)));
    add("index", some(attrs.index.as_ref(), ToTokens::to_token_stream));
    for (name, number) in [
        ("max_length", &attrs.max_length),
        ("max_digits", &attrs.max_digits),
        ("decimal_places", &attrs.decimal_places),
    ] {
        add(name, some(number.as_ref(), |number| quote!(#number)));
    }
    add("default", default_of(field, p));
    add("fill", some(attrs.fill.as_ref(), |fill| literal(fill, field, p)));
    add("reverse_fill", some(attrs.reverse_fill.as_ref(), |fill| literal(fill, field, p)));
    add("keep_values", some(attrs.keep_values.as_ref(), ToTokens::to_token_stream));
    add("column", some(attrs.column.as_ref(), |text| quote!(#text)));
    add("comment", some(attrs.comment.as_ref(), |text| quote!(#text)));
    for (name, fragment) in [
        ("using", &attrs.using),
        ("reverse_using", &attrs.reverse_using),
        ("collation", &attrs.collation),
        ("check", &attrs.check),
        ("db_type", &attrs.db_type),
    ] {
        add(name, some(fragment.as_ref(), |fragment| sql(fragment, p)));
    }
    let stored = attrs.stored.is_some();
    let generated = |fragment: &Sql| {
        let expression = sql(fragment, p);
        quote!(#p::GeneratedDef { expression: #expression, stored: #stored })
    };
    add("generated", some(attrs.generated.as_ref(), generated));
    for (name, word) in
        [("renamed_from", &attrs.renamed_from), ("related_name", &attrs.related_name), ("to_field", &attrs.to_field)]
    {
        add(name, some(word.as_ref(), |word| word.text.to_token_stream()));
    }
    for (name, on) in [("on_delete", attrs.on_delete.as_ref()), ("on_update", attrs.on_update.as_ref())] {
        add(name, some(on, |on| action(*on, p)));
    }
    add("deferrable", some(attrs.deferrable.as_ref(), |when| deferrable(*when, p)));
    add("through", some(attrs.through.as_ref(), |path| quote_spanned!(path.span()=> <#path as #p::Model>::LABEL)));
    list
}

/// `Some(…)` of a given attribute.
pub(super) fn some<T>(given: Option<&Spanned<T>>, tokens: impl FnOnce(&T) -> TokenStream) -> Option<TokenStream> {
    let value = tokens(&given?.value);
    Some(quote!(::core::option::Option::Some(#value)))
}

fn default_of(field: &Field, p: &TokenStream) -> Option<TokenStream> {
    let expression = |fragment: &Sql| {
        let fragment = sql(fragment, p);
        quote!(#p::DefaultDef::Sql(#fragment))
    };
    some(field.attrs.default.as_ref(), |value| literal(value, field, p))
        .or_else(|| some(field.attrs.default_sql.as_ref(), expression))
}

/// A literal as a constant; a bare choice becomes the text that its enum stores.
pub(super) fn literal(value: &Literal, field: &Field, p: &TokenStream) -> TokenStream {
    let ty = &field.ty;
    match value {
        Literal::Boolean(value) => quote!(#p::DefaultDef::Boolean(#value)),
        Literal::Integer(value) => quote!(#p::DefaultDef::Integer(#value)),
        Literal::Real(value) => quote!(#p::DefaultDef::Real(#value)),
        Literal::Text(value) => quote!(#p::DefaultDef::Text(#value)),
        Literal::Choice(name) => {
            let name = name.to_string();
            quote!(#p::DefaultDef::Text(#p::assert::choice_text(<#ty as #p::FieldType>::CHOICES, #name)))
        }
        Literal::Sql(fragment) => {
            let fragment = sql(fragment, p);
            quote!(#p::DefaultDef::Sql(#fragment))
        }
    }
}

/// A fragment of SQL as a constant.
pub(super) fn sql(fragment: &Sql, p: &TokenStream) -> TokenStream {
    match fragment {
        Sql::Any(text) => quote!(#p::SqlDef::Any(#text)),
        Sql::Each(texts) => {
            let texts = texts.iter().map(|(engine, text)| {
                let engine = match engine {
                    Engine::Sqlite => quote!(Sqlite),
                    Engine::Postgres => quote!(Postgres),
                    Engine::Mysql => quote!(Mysql),
                    Engine::Mariadb => quote!(Mariadb),
                };
                quote!((#p::Engine::#engine, #text))
            });
            quote!(#p::SqlDef::Each(&[#(#texts),*]))
        }
    }
}

/// An action as a constant.
pub(super) fn action(action: OnDelete, p: &TokenStream) -> TokenStream {
    match action {
        OnDelete::Cascade => quote!(#p::OnDelete::Cascade),
        OnDelete::Restrict => quote!(#p::OnDelete::Restrict),
        OnDelete::SetNull => quote!(#p::OnDelete::SetNull),
        OnDelete::SetDefault => quote!(#p::OnDelete::SetDefault),
        OnDelete::NoAction => quote!(#p::OnDelete::NoAction),
    }
}

/// A time of checking as a constant.
pub(super) fn deferrable(when: Deferrable, p: &TokenStream) -> TokenStream {
    match when {
        Deferrable::Deferred => quote!(#p::Deferrable::Deferred),
        Deferrable::Immediate => quote!(#p::Deferrable::Immediate),
    }
}
