//! A borrowed view of the struct, with its attributes understood.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Fields, GenericParam, Type};

use crate::attr::{self, FieldAttrs, ModelAttrs};
use crate::ctxt::Ctxt;

/// A struct under `#[derive(Model)]` or `#[derive(Fields)]`.
pub(crate) struct Model<'a> {
    pub(crate) original: &'a DeriveInput,
    pub(crate) facade: syn::Path,
    pub(crate) attrs: ModelAttrs,
    pub(crate) fields: Vec<Field<'a>>,
}

/// A field of it.
pub(crate) struct Field<'a> {
    pub(crate) ident: &'a Ident,
    /// Without `r#`.
    pub(crate) name: String,
    pub(crate) ty: &'a Type,
    pub(crate) attrs: FieldAttrs,
}

impl<'a> Model<'a> {
    /// Reads the struct of `#[derive(…)]`, where `derive` is the trait's name.
    pub(crate) fn from_syn(cx: &Ctxt, original: &'a DeriveInput, derive: &str) -> Self {
        refuse_generics(cx, original);
        let facade = attr::crate_path(cx, &original.attrs);
        let attrs = ModelAttrs::from_syn(cx, &original.attrs);
        let fields = named_fields(cx, original, derive);
        Self { original, facade, attrs, fields }
    }

    /// The fields that are columns, or pairs in a table of their own.
    pub(crate) fn own(&self) -> impl Iterator<Item = &Field<'a>> {
        self.fields.iter().filter(|field| field.attrs.skip.is_none() && field.attrs.flatten.is_none())
    }

    pub(crate) fn flattens(&self) -> bool {
        self.fields.iter().any(|field| field.attrs.flatten.is_some())
    }
}

impl Field<'_> {
    pub(crate) fn span(&self) -> Span {
        self.ident.span()
    }
}

/// A column's type would depend on the parameter, and a table has one type for each column.
fn refuse_generics(cx: &Ctxt, original: &DeriveInput) {
    for param in &original.generics.params {
        let (what, advice) = match param {
            GenericParam::Type(_) => ("type parameters", "write the type that the column has"),
            GenericParam::Lifetime(_) => ("lifetimes", "a row owns its values: write `String` for `&str`"),
            GenericParam::Const(_) => ("constant parameters", "write the constant where it is used"),
        };
        cx.error(param.span(), format_args!("a model has no {what}; {advice}"));
    }
}

fn named_fields<'a>(cx: &Ctxt, original: &'a DeriveInput, derive: &str) -> Vec<Field<'a>> {
    let name = &original.ident;
    let advice = match &original.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => {
                return fields.named.iter().filter_map(|field| Field::from_syn(cx, field)).collect();
            }
            Fields::Unnamed(_) => format!(
                "give its fields names: `struct {name} {{ id: i64 }}`; for a newtype in a column, derive `FieldType`"
            ),
            Fields::Unit => format!("give it fields: `struct {name} {{ #[field(primary_key, auto)] id: i64 }}`"),
        },
        Data::Enum(_) => "for a column that holds one of a few values, derive `Choices`".to_owned(),
        Data::Union(_) => format!("write a struct: `struct {name} {{ id: i64 }}`"),
    };
    cx.error(name.span(), format_args!("`{derive}` is for a struct with named fields; {advice}"));
    Vec::new()
}

impl<'a> Field<'a> {
    fn from_syn(cx: &Ctxt, field: &'a syn::Field) -> Option<Self> {
        let ident = field.ident.as_ref()?;
        let attrs = FieldAttrs::from_syn(cx, &field.attrs);
        Some(Self { ident, name: ident.unraw().to_string(), ty: &field.ty, attrs })
    }
}
