//! Rules between the fields of a struct, and between them and the struct's attributes.

use std::collections::{BTreeMap, BTreeSet};

use fastdjango_core::diagnostic::code;
use fastdjango_core::name::split_table;
use proc_macro2::Span;

use crate::ast::Model;
use crate::ctxt::Ctxt;
use crate::meta::{list, nearest};
use crate::value::{Name, Spanned, is_label};

/// An app's label is one.
pub(super) fn labels(cx: &Ctxt, ast: &Model) {
    let Some(app) = &ast.attrs.app else { return };
    if !is_label(&app.value) {
        let message = format!(
            "`{}` is no label of an app; use lower-case letters, digits and `_`, as in `app = \"blog\"`",
            app.value
        );
        cx.error(app.span, message);
    }
}

/// A table stands in a schema, or in none: one dot parts the two, and a dot is part of neither.
pub(super) fn table_name(cx: &Ctxt, ast: &Model) {
    let Some(table) = ast.attrs.table.as_ref().filter(|table| table.value.contains('.')) else { return };
    if split_table(&table.value).0.is_none() {
        let message = format!(
            "`{}` names no table ({}): a schema and its table are parted by one dot, with a name on both sides; write \
             `table = \"order\"`, or `table = \"shop.order\"`",
            table.value,
            code::TABLE_NAME
        );
        cx.error(table.span, message);
    }
}

/// An extension is needed or not.
pub(super) fn extensions_differ(cx: &Ctxt, ast: &Model) {
    let extensions = &ast.attrs.extensions;
    for (i, extension) in extensions.iter().enumerate() {
        if extensions[..i].iter().any(|earlier| earlier.value == extension.value) {
            let message = format!("the extension `{}` is named twice; remove one of the two", extension.value);
            cx.error(extension.span, message);
        }
    }
}

/// An index over the beginning of a field is over less than the whole of it, and keeps nothing unique.
pub(super) fn lengths_fit(cx: &Ctxt, ast: &Model) {
    for index in &ast.attrs.indexes {
        let parts = index.value.fields.iter().flat_map(|list| &list.value);
        for (field, length) in parts.filter_map(|field| Some((field, field.length?))) {
            let name = &field.name.text;
            if index.value.unique.is_some() {
                let message = "a unique index is over whole values; take the length or `unique` out";
                cx.error(field.name.span, message);
            }
            let own = ast.own().find(|own| own.name == *name);
            let most = own.and_then(|own| own.attrs.max_length.as_ref()).map(|most| most.value);
            if let Some(most) = most.filter(|most| length >= *most) {
                let message =
                    format!("`{name}` has {most} characters at the most; take the length out, or write a shorter one");
                cx.error(field.name.span, message);
            }
        }
    }
}

/// Exactly one way of telling rows apart.
pub(super) fn one_primary_key(cx: &Ctxt, ast: &Model) {
    let keys: Vec<Span> = ast.own().filter_map(|field| Some(field.attrs.primary_key.as_ref()?.span)).collect();
    for second in keys.iter().skip(1) {
        cx.error(
            *second,
            "a second `primary_key`; for a key of several fields write `#[model(primary_key(fields = […]))]` instead",
        );
    }
    let composite = ast.attrs.primary_key.as_ref().map(|key| key.span);
    let none = ast.attrs.no_primary_key.as_ref().map(|none| none.span);
    match (keys.first(), composite, none) {
        (Some(_), Some(span), _) => {
            cx.error(span, "the key is already on a field; name that field here too, and remove `primary_key` from it");
        }
        (Some(_), _, Some(span)) | (_, Some(_), Some(span)) => {
            cx.error(span, "this model has a primary key; remove `no_primary_key`");
        }
        // After another mistake, the key may be what could not be read.
        (None, None, None) if cx.count() == 0 => cx.error(
            ast.original.ident.span(),
            format_args!(
                "`{}` has no primary key; write `#[field(primary_key, auto)]` on a field such as `id: i64`, \
                 `#[model(primary_key(fields = […]))]` for a key of several fields, or `#[model(no_primary_key)]`",
                ast.original.ident
            ),
        ),
        _ => {}
    }
}

/// A composite key has several fields.
pub(super) fn composite_key(cx: &Ctxt, ast: &Model) {
    let Some(key) = ast.attrs.primary_key.as_ref().and_then(|key| key.value.fields.as_ref()) else { return };
    if let [only] = key.value.as_slice() {
        let message = format!("a key of one field stands on it: write `#[field(primary_key)]` on `{}`", only.text);
        cx.error(only.span, message);
    }
}

/// A shared struct has no key of its own: the model that flattens it has. And it is one list, which takes in no other.
pub(super) fn plain_shared(cx: &Ctxt, ast: &Model) {
    for flatten in ast.fields.iter().filter_map(|field| field.attrs.flatten.as_ref()) {
        cx.error(flatten.span, "shared fields cannot take in others; flatten both structs into the model");
    }
    for key in ast.own().filter_map(|field| field.attrs.primary_key.as_ref()) {
        cx.error(key.span, "shared fields hold no primary key; declare it in each model that flattens them");
    }
}

/// What belongs to a table cannot stand on a part of one.
pub(super) fn no_table_of_shared(cx: &Ctxt, ast: &Model) {
    for attr in ast.original.attrs.iter().filter(|attr| attr.path().is_ident("model")) {
        cx.error_at(attr, "shared fields have no table of their own; put this on the models that flatten them");
    }
}

/// Every name in `fields = […]` is a field of the struct, and stands there once.
pub(super) fn listed_fields_exist(cx: &Ctxt, ast: &Model) {
    let attrs = &ast.attrs;
    for index in &attrs.indexes {
        let fields: Vec<&Name> = index.value.fields.iter().flat_map(|f| &f.value).map(|f| &f.name).collect();
        listed(cx, ast, &fields);
        listed(cx, ast, &names(index.value.include.as_ref()));
    }
    attrs.uniques.iter().for_each(|unique| listed(cx, ast, &names(unique.value.fields.as_ref())));
    attrs.foreign_keys.iter().for_each(|key| listed(cx, ast, &names(key.value.fields.as_ref())));
    attrs.primary_key.iter().for_each(|key| listed(cx, ast, &names(key.value.fields.as_ref())));
}

fn names(list: Option<&Spanned<Vec<Name>>>) -> Vec<&Name> {
    list.iter().flat_map(|list| &list.value).collect()
}

fn listed(cx: &Ctxt, ast: &Model, names: &[&Name]) {
    for (i, name) in names.iter().enumerate() {
        if names[..i].iter().any(|earlier| earlier.text == name.text) {
            cx.error(name.span, format_args!("`{}` is named twice; remove one of the two", name.text));
        }
        exists(cx, ast, name);
    }
}

fn exists(cx: &Ctxt, ast: &Model, name: &Name) {
    if ast.own().any(|field| field.name == name.text) {
        return;
    }
    if let Some(other) = ast.fields.iter().find(|field| field.name == name.text) {
        let word = if other.attrs.skip.is_some() { "skipped" } else { "a flattened struct" };
        cx.error(name.span, format_args!("`{}` is {word} and has no column; name a field that has one", name.text));
        return;
    }
    // The field may be a flattened one: then the compiler asserts it.
    if ast.flattens() {
        return;
    }
    let known: Vec<&str> = ast.own().map(|field| field.name.as_str()).collect();
    let advice = match name.text.strip_suffix("_id").filter(|stem| known.contains(stem)) {
        Some(stem) => format!("name the field, not its column: `{stem}`"),
        None => nearest(&name.text, known.iter().copied())
            .map_or_else(|| format!("the fields are {}", list(known)), |near| format!("did you mean `{near}`?")),
    };
    cx.error(name.span, format_args!("`{}` has no field `{}`; {advice}", ast.original.ident, name.text));
}

/// A name of an index or a constraint stands once: within one table, databases allow it only once.
pub(super) fn names_differ(cx: &Ctxt, ast: &Model) {
    let attrs = &ast.attrs;
    let names = attrs.indexes.iter().filter_map(|index| index.value.name.as_ref());
    let names = names.chain(attrs.uniques.iter().filter_map(|unique| unique.value.name.as_ref()));
    let names = names.chain(attrs.checks.iter().filter_map(|check| check.value.name.as_ref()));
    let names = names.chain(attrs.foreign_keys.iter().filter_map(|key| key.value.name.as_ref()));
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for name in names {
        if !seen.insert(&name.value) {
            let message = format!(
                "the name `{}` is taken by another index or constraint of this model; choose another",
                name.value
            );
            cx.error(name.span, message);
        }
    }
}

/// Two fields never share a column.
pub(super) fn columns_differ(cx: &Ctxt, ast: &Model) {
    let mut columns: BTreeMap<String, &str> = BTreeMap::new();
    for field in ast.own() {
        let column = field.attrs.column.as_ref().map_or(field.name.as_str(), |column| column.value.as_str());
        // Case does not tell columns apart in SQLite, nor in MySQL: https://www.sqlite.org/lang_keywords.html
        if let Some(other) = columns.insert(column.to_lowercase(), &field.name) {
            let span = field.attrs.column.as_ref().map_or(field.span(), |column| column.span);
            cx.error(
                span,
                format_args!(
                    "the column `{column}` already belongs to the field `{other}`; choose another with `column = \"…\"`"
                ),
            );
        }
    }
}

/// A former name is a name that no field has any more.
pub(super) fn former_names_are_gone(cx: &Ctxt, ast: &Model) {
    let mut former: BTreeMap<&str, &str> = BTreeMap::new();
    for field in ast.own() {
        let Some(hint) = &field.attrs.renamed_from else { continue };
        let name = hint.value.text.as_str();
        let message = if name == field.name {
            format!("`renamed_from` is the field's former name, and `{name}` is its name now; remove it")
        } else if ast.fields.iter().any(|other| other.name == name) {
            format!("`{name}` is still a field of this struct, so nothing was renamed; remove the hint, or the field")
        } else if let Some(other) = former.insert(name, &field.name) {
            format!("`{other}` was renamed from `{name}` too; only one field can be its successor")
        } else {
            continue;
        };
        cx.error(hint.value.span, message);
    }
}
