//! The struct of `#[derive(FieldType)]`.

use proc_macro2::Ident;
use syn::{Data, DeriveInput, Member, Type};

use crate::attr;
use crate::ctxt::Ctxt;

/// A struct around one value.
pub(crate) struct Newtype {
    pub(crate) ident: Ident,
    pub(crate) facade: syn::Path,
    pub(crate) member: Member,
    pub(crate) ty: Type,
}

impl Newtype {
    /// None where a mistake was reported.
    pub(crate) fn from_syn(cx: &Ctxt, input: &DeriveInput) -> Option<Self> {
        let facade = attr::crate_path(cx, &input.attrs);
        for param in &input.generics.params {
            cx.error_at(param, "a newtype in a column has no parameters; write the type that the column has");
        }
        let name = &input.ident;
        let Data::Struct(data) = &input.data else {
            let message = "`FieldType` is for a struct around one value; for an enum derive `Choices`";
            cx.error(name.span(), message);
            return None;
        };
        let mut fields = data.fields.members().zip(&data.fields);
        let (Some((member, field)), None) = (fields.next(), fields.next()) else {
            let message = format!(
                "`FieldType` is for a struct around one value, as in `struct {name}(String);`; \
                 for several columns derive `Fields`, to keep it as JSON use `Json<{name}>`"
            );
            cx.error(name.span(), message);
            return None;
        };
        Some(Self { ident: name.clone(), facade, member, ty: field.ty.clone() })
    }
}
