//! Rules that need only the struct's text; those that need its types are assertions of `fastdjango_core::model::assert`.

mod field;
mod model;

use crate::ast::Model;
use crate::ctxt::Ctxt;

/// Checks a model.
pub(crate) fn model(cx: &Ctxt, ast: &Model) {
    fields(cx, ast);
    model::labels(cx, ast);
    model::table_name(cx, ast);
    model::extensions_differ(cx, ast);
    model::one_primary_key(cx, ast);
    model::composite_key(cx, ast);
    model::listed_fields_exist(cx, ast);
    model::lengths_fit(cx, ast);
    model::names_differ(cx, ast);
}

/// Checks the shared fields of several models.
pub(crate) fn shared(cx: &Ctxt, ast: &Model) {
    fields(cx, ast);
    model::plain_shared(cx, ast);
    model::no_table_of_shared(cx, ast);
}

fn fields(cx: &Ctxt, ast: &Model) {
    for field in &ast.fields {
        field::alone(cx, field);
        field::default_once(cx, field);
        field::key_is_unique(cx, field);
        field::generated_is_computed(cx, field);
        field::digits(cx, field);
        field::type_once(cx, field);
        field::action_has_default(cx, field);
    }
    model::columns_differ(cx, ast);
    model::former_names_are_gone(cx, ast);
}
