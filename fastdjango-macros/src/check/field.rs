//! Rules between the attributes of one field.

use fastdjango_core::field::OnDelete;
use proc_macro2::Span;

use crate::ast::Field;
use crate::ctxt::Ctxt;
use crate::value::Literal;

/// A field that is no column has no attributes of one.
pub(super) fn alone(cx: &Ctxt, field: &Field) {
    let (word, why) = match (&field.attrs.skip, &field.attrs.flatten) {
        (Some(_), _) => ("skip", "a skipped field is not in the database"),
        (None, Some(_)) => ("flatten", "a flattened struct has attributes on its own fields"),
        (None, None) => return,
    };
    for given in field.attrs.given.iter().filter(|given| given.value != word) {
        cx.error(
            given.span,
            format_args!("`{}` cannot stand beside `{word}`: {why}; remove one of the two", given.value),
        );
    }
    if let (Some(_), Some(flatten)) = (&field.attrs.skip, &field.attrs.flatten) {
        cx.error(flatten.span, "`flatten` cannot stand beside `skip`; remove one of the two");
    }
}

/// At most one of the ways in which a column gets a value of itself.
pub(super) fn default_once(cx: &Ctxt, field: &Field) {
    let attrs = &field.attrs;
    if let (Some(_), Some(sql)) = (&attrs.default, &attrs.default_sql) {
        cx.error(sql.span, "a column has one default: write `default` for a value, or `default_sql` for an expression");
    }
    let sources = [
        (attrs.auto.as_ref().map(|a| a.span), "auto", "the database numbers the rows"),
        (attrs.generated.as_ref().map(|g| g.span), "generated", "the database computes the value"),
    ];
    let defaults = [
        ("default", attrs.default.as_ref().map(|d| d.span)),
        ("default_sql", attrs.default_sql.as_ref().map(|d| d.span)),
    ];
    for (_, word, why) in sources.iter().filter(|(span, ..)| span.is_some()) {
        for (default, span) in defaults.iter().filter_map(|(default, span)| Some((default, (*span)?))) {
            cx.error(span, format_args!("`{default}` has no effect beside `{word}`: {why}; remove one of the two"));
        }
    }
    if let (Some(auto), Some(_)) = (&attrs.auto, &attrs.generated) {
        cx.error(auto.span, "`auto` cannot stand beside `generated`: a column has one source; remove one of the two");
    }
    if let Some(default) = &attrs.default
        && let Literal::Sql(_) = default.value
    {
        cx.error(default.span, "`default` is a value; for an expression write `default_sql = \"…\"`");
    }
}

/// A primary key is unique and indexed as it is.
pub(super) fn key_is_unique(cx: &Ctxt, field: &Field) {
    let attrs = &field.attrs;
    let index = attrs.index.as_ref().filter(|index| index.value).map(|index| index.span);
    let unique = attrs.unique.as_ref().map(|unique| unique.span);
    if attrs.primary_key.is_some() {
        for (word, span) in [("unique", unique), ("index", index)] {
            if let Some(span) = span {
                cx.error(span, format_args!("a primary key is unique and indexed already; remove `{word}`"));
            }
        }
    } else if let (Some(_), Some(index)) = (unique, index) {
        cx.error(index, "a unique field has an index already; remove `index`");
    }
}

/// A generated column says where it lives, and nothing else does.
pub(super) fn generated_is_computed(cx: &Ctxt, field: &Field) {
    let attrs = &field.attrs;
    let (stored, computed) = (&attrs.stored, &attrs.virtual_);
    match (&attrs.generated, stored, computed) {
        (Some(generated), None, None) => cx.error(
            generated.span,
            "say where a generated column lives: add `stored` (on disk) or `virtual` (computed when it is read)",
        ),
        (_, Some(_), Some(computed)) => {
            cx.error(computed.span, "a generated column is `stored` or `virtual`, not both; remove one of the two");
        }
        (None, Some(flag), None) | (None, None, Some(flag)) => {
            cx.error(
                flag.span,
                "`stored` and `virtual` are for a generated column; add `generated = \"…\"`, or remove this",
            );
        }
        _ => {}
    }
    let Some(generated) = &attrs.generated else { return };
    let others: [(&str, Option<Span>); 6] = [
        ("primary_key", attrs.primary_key.as_ref().map(|a| a.span)),
        ("fill", attrs.fill.as_ref().map(|a| a.span)),
        ("reverse_fill", attrs.reverse_fill.as_ref().map(|a| a.span)),
        ("using", attrs.using.as_ref().map(|a| a.span)),
        ("reverse_using", attrs.reverse_using.as_ref().map(|a| a.span)),
        ("on_delete", attrs.on_delete.as_ref().map(|a| a.span)),
    ];
    for (word, _) in others.iter().filter(|(_, span)| span.is_some()) {
        cx.error(generated.span, format_args!("a generated column cannot have `{word}`; remove one of the two"));
    }
}

/// A decimal has both numbers, and they fit.
pub(super) fn digits(cx: &Ctxt, field: &Field) {
    let attrs = &field.attrs;
    match (&attrs.max_digits, &attrs.decimal_places) {
        (Some(digits), None) => {
            cx.error(
                digits.span,
                "`max_digits` needs `decimal_places`, the digits after the point: add `decimal_places = 2`",
            );
        }
        (None, Some(places)) => {
            cx.error(places.span, "`decimal_places` needs `max_digits`, the digits in all: add `max_digits = 10`");
        }
        (Some(digits), Some(places)) if places.value > digits.value => cx.error(
            places.span,
            format_args!(
                "{} digits after the point do not fit into {} digits in all; raise `max_digits`",
                places.value, digits.value
            ),
        ),
        _ => {}
    }
    for (word, number) in [("max_length", &attrs.max_length), ("max_digits", &attrs.max_digits)] {
        if let Some(number) = number.as_ref().filter(|number| number.value == 0) {
            cx.error(number.span, format_args!("`{word}` is at least 1: no value fits into 0"));
        }
    }
}

/// `db_type` is the whole type.
pub(super) fn type_once(cx: &Ctxt, field: &Field) {
    let attrs = &field.attrs;
    let Some(db_type) = &attrs.db_type else { return };
    for (word, given) in [("max_length", attrs.max_length.is_some()), ("max_digits", attrs.max_digits.is_some())] {
        if given {
            let message = format!("`db_type` is the whole type; write the length into it, and remove `{word}`");
            cx.error(db_type.span, message);
        }
    }
}

/// `set_default` has something to set.
pub(super) fn action_has_default(cx: &Ctxt, field: &Field) {
    let attrs = &field.attrs;
    if attrs.default.is_some() || attrs.default_sql.is_some() {
        return;
    }
    for action in [&attrs.on_delete, &attrs.on_update].into_iter().flatten() {
        if action.value == OnDelete::SetDefault {
            cx.error(
                action.span,
                "`set_default` needs a default to set: add `default = …`, or choose `set_null` or `restrict`",
            );
        }
    }
}
