//! Assertions on what only the compiler knows, each at the attribute or the type that it judges.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::def::names;
use super::field::{action, columns, literal};
use crate::ir::{Field, Model, Role};
use crate::value::{Literal, Name, Spanned};

/// The assertions of a model.
pub(super) fn model(ir: &Model, p: &TokenStream) -> TokenStream {
    let fields = shared(ir, p);
    let keys = composite_keys(ir, p);
    let listed = listed(ir, p);
    let distinct = distinct(ir, p);
    quote!(#fields #keys #listed #distinct)
}

/// The assertions of shared fields.
pub(super) fn shared(ir: &Model, p: &TokenStream) -> TokenStream {
    let columns = columns(ir);
    let each: TokenStream = columns.iter().map(|(field, def)| field_rules(field, def, p)).collect();
    let by_key = references(&columns);
    quote! {
        #[allow(unused_imports)]
        use #p::assert::{Otherwise as _, Probe as __Probe, hold as __hold};
        #each
        #by_key
    }
}

/// Every reference to a key holds a key of its target's type. One without `on_delete` is refused already.
fn references(columns: &[(&Field, TokenStream)]) -> Option<TokenStream> {
    let by_key = columns.iter().map(|(field, _)| field);
    let by_key = by_key.filter(|field| field.attrs.on_delete.is_some() && field.attrs.to_field.is_none());
    let calls: Vec<_> = by_key
        .map(|field| {
            let ty = &field.ty;
            // The path begins with our own word at the user's place, or the error would stand at the derive.
            quote_spanned!(ty.span()=> __Probe::<#ty>::refers_to_key();)
        })
        .collect();
    let function = quote! {
        #[allow(dead_code)]
        fn __references() { #(#calls)* }
    };
    (!calls.is_empty()).then_some(function)
}

/// One assertion: the rule answers with what is wrong, and the constant panics with it at `span`.
///
/// Each is a constant of its own: within one, the first panic would hide the others.
fn rule(span: Span, verdict: &TokenStream) -> TokenStream {
    // The call begins with our own word at the user's place, or the error would stand at the derive.
    quote_spanned!(span=> const _: () = __hold(#verdict);)
}

fn field_rules(field: &Field, def: &TokenStream, p: &TokenStream) -> TokenStream {
    let (attrs, ty) = (&field.attrs, &field.ty);
    let mut code = rule(ty.span(), &quote!(#p::assert::ty(&#def)));
    let mut simple = |name: &str, span: Option<Span>| {
        let name = quote::format_ident!("{name}");
        code.extend(span.map(|span| rule(span, &quote!(#p::assert::#name(&#def)))));
    };
    simple("primary_key", span(attrs.primary_key.as_ref()));
    simple("auto", span(attrs.auto.as_ref()));
    simple("max_length", span(attrs.max_length.as_ref()));
    simple("max_digits", span(attrs.max_digits.as_ref()));
    simple("collation", span(attrs.collation.as_ref()));
    simple("unique", span(attrs.unique.as_ref()));
    simple("reference_only", span(attrs.deferrable.as_ref()));
    simple("relation_only", span(attrs.related_name.as_ref()));
    simple("through", span(attrs.through.as_ref()));
    simple("using", span(attrs.using.as_ref()));
    simple("using", span(attrs.reverse_using.as_ref()));
    simple("keep_values", span(attrs.keep_values.as_ref()));
    for column in [
        span(attrs.index.as_ref()),
        span(attrs.column.as_ref()),
        span(attrs.check.as_ref()),
        span(attrs.generated.as_ref()),
        span(attrs.db_type.as_ref()),
        span(attrs.default_sql.as_ref()),
    ] {
        simple("column_only", column);
    }
    for on in [&attrs.on_delete, &attrs.on_update].into_iter().flatten() {
        let value = action(on.value, p);
        code.extend(rule(on.span, &quote!(#p::assert::action(&#def, #value))));
    }
    for value in [&attrs.default, &attrs.fill, &attrs.reverse_fill].into_iter().flatten() {
        code.extend(literal_rule(field, def, value, p));
    }
    if let Some(name) = &attrs.to_field {
        let text = &name.value.text;
        let verdict = quote!(#p::assert::to_field(#p::assert::Probe::<#ty>::TARGET, #text));
        code.extend(rule(name.value.span, &verdict));
    }
    code
}

fn span<T>(given: Option<&Spanned<T>>) -> Option<Span> {
    given.map(|given| given.span)
}

fn literal_rule(field: &Field, def: &TokenStream, value: &Spanned<Literal>, p: &TokenStream) -> TokenStream {
    let ty = &field.ty;
    if let Literal::Choice(name) = &value.value {
        let text = name.to_string();
        return rule(name.span(), &quote!(#p::assert::choice(<#ty as #p::FieldType>::CHOICES, #text)));
    }
    let constant = literal(&value.value, field, p);
    rule(value.span, &quote!(#p::assert::literal(&#def, #constant)))
}

fn composite_keys(ir: &Model, p: &TokenStream) -> TokenStream {
    let ident = &ir.ident;
    let rules = ir.attrs.foreign_keys.iter().filter_map(|key| {
        let to = &key.value.to.as_ref()?.value;
        let fields = names(key.value.fields.as_ref());
        let to_fields = names(key.value.to_fields.as_ref());
        let verdict = quote! {
            #p::assert::foreign_key(<#ident as #p::Model>::DEF, #fields, <#to as #p::Model>::DEF, #to_fields)
        };
        Some(rule(key.value.to_fields.as_ref()?.span, &verdict))
    });
    rules.collect()
}

/// Names in `fields = […]` that are no field of the struct itself: a flattened struct must have them.
fn listed(ir: &Model, p: &TokenStream) -> TokenStream {
    let attrs = &ir.attrs;
    let mut names: Vec<&Name> = Vec::new();
    for index in &attrs.indexes {
        names.extend(index.value.fields.iter().flat_map(|list| &list.value).map(|field| &field.name));
        names.extend(index.value.include.iter().flat_map(|list| &list.value));
    }
    names.extend(attrs.uniques.iter().flat_map(|unique| &unique.value.fields).flat_map(|list| &list.value));
    names.extend(attrs.foreign_keys.iter().flat_map(|key| &key.value.fields).flat_map(|list| &list.value));
    names.extend(attrs.primary_key.iter().flat_map(|key| &key.value.fields).flat_map(|list| &list.value));
    let ident = &ir.ident;
    let rules = names.into_iter().map(|name| {
        let text = &name.text;
        rule(name.span, &quote!(#p::assert::has_field(<#ident as #p::Model>::DEF, #text)))
    });
    rules.collect()
}

/// Where a struct is flattened, its fields and columns stand beside others that the macro does not see.
fn distinct(ir: &Model, p: &TokenStream) -> Option<TokenStream> {
    let flattened = ir.fields.iter().find(|field| field.role == Role::Flatten)?;
    let ident = &ir.ident;
    Some(rule(flattened.ident.span(), &quote!(#p::assert::distinct(<#ident as #p::Model>::DEF))))
}
