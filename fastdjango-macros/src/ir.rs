//! What the struct says, owned and complete: defaults are filled in, and nothing is left to validate.

use fastdjango_core::name;
use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;

use crate::ast;
use crate::attr::{self, FieldAttrs, ModelAttrs};

/// A model, or the shared fields of several.
pub(crate) struct Model {
    pub(crate) ident: Ident,
    pub(crate) vis: syn::Visibility,
    pub(crate) facade: syn::Path,
    pub(crate) app: String,
    /// The struct's name without `r#`.
    pub(crate) name: String,
    pub(crate) table: String,
    pub(crate) place: Place,
    pub(crate) attrs: ModelAttrs,
    pub(crate) fields: Vec<Field>,
}

/// A field of the struct.
pub(crate) struct Field {
    pub(crate) ident: Ident,
    /// Without `r#`.
    pub(crate) name: String,
    pub(crate) ty: syn::Type,
    pub(crate) role: Role,
    pub(crate) place: Place,
    pub(crate) attrs: FieldAttrs,
}

/// What a field is to the table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A column, or a table of pairs: its type knows.
    Column,
    /// The columns of a struct with `#[derive(Fields)]`.
    Flatten,
    /// Nothing.
    Skip,
}

/// A line and a column of the user's file, from 1.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl Place {
    fn new(span: Span) -> Self {
        if !proc_macro::is_available() {
            return Self { line: 0, column: 0 };
        }
        let span = span.unwrap();
        let short = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self { line: short(span.line()), column: short(span.column()) }
    }
}

impl From<ast::Model<'_>> for Model {
    fn from(ast: ast::Model) -> Self {
        let ident = ast.original.ident.clone();
        let name = ident.unraw().to_string();
        let app = ast.attrs.app.as_ref().map_or_else(attr::package_label, |app| app.value.clone());
        let own_table = || format!("{app}_{}", name::snake_case(&name));
        Self {
            table: ast.attrs.table.as_ref().map_or_else(own_table, |table| table.value.clone()),
            vis: ast.original.vis.clone(),
            facade: ast.facade,
            place: Place::new(ident.span()),
            fields: ast.fields.into_iter().map(Field::from).collect(),
            attrs: ast.attrs,
            app,
            name,
            ident,
        }
    }
}

impl From<ast::Field<'_>> for Field {
    fn from(ast: ast::Field) -> Self {
        let role = match (&ast.attrs.skip, &ast.attrs.flatten) {
            (Some(_), _) => Role::Skip,
            (None, Some(_)) => Role::Flatten,
            (None, None) => Role::Column,
        };
        let place = Place::new(ast.span());
        Self { ident: ast.ident.clone(), name: ast.name, ty: ast.ty.clone(), role, place, attrs: ast.attrs }
    }
}
