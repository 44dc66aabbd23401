//! The derives of fastdjango.
//!
//! Use them through the facade crate `fastdjango`: generated code names nothing else.

mod ast;
mod attr;
mod check;
mod choices;
mod ctxt;
mod data_migration;
mod embed;
mod expand;
mod fallback;
mod ir;
mod meta;
mod newtype;
mod own_name;
mod symbol;
#[cfg(test)]
mod tests;
mod value;

use proc_macro::TokenStream;
use syn::{DeriveInput, ItemFn, parse_macro_input};

/// Makes a struct a model: a table, registered with every program that names its crate.
#[proc_macro_derive(Model, attributes(model, field, fastdjango))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    run(&parse_macro_input!(input as DeriveInput), "Model").into()
}

/// Makes a struct the shared columns of several models, which take them in by `#[model(flatten)]`.
#[proc_macro_derive(Fields, attributes(model, field, fastdjango))]
pub fn derive_fields(input: TokenStream) -> TokenStream {
    run(&parse_macro_input!(input as DeriveInput), "Fields").into()
}

/// Makes an enum a column of text that holds one of its variants; the database checks it.
#[proc_macro_derive(Choices, attributes(choice, choices, fastdjango))]
pub fn derive_choices(input: TokenStream) -> TokenStream {
    run(&parse_macro_input!(input as DeriveInput), "Choices").into()
}

/// Makes a newtype a column of what it wraps.
#[proc_macro_derive(FieldType, attributes(fastdjango))]
pub fn derive_field_type(input: TokenStream) -> TokenStream {
    run(&parse_macro_input!(input as DeriveInput), "FieldType").into()
}

/// Makes an async function a step that migrations call by its id.
#[proc_macro_attribute]
pub fn data_migration(attribute: TokenStream, function: TokenStream) -> TokenStream {
    data_migration::expand(attribute.into(), &parse_macro_input!(function as ItemFn)).into()
}

/// Puts the files of this crate's migrations into the program.
#[proc_macro]
pub fn embed_migrations(input: TokenStream) -> TokenStream {
    embed::expand(input.into()).into()
}

/// Runs a derive by its name: the code, or all the mistakes of the input at once.
fn run(input: &DeriveInput, derive: &str) -> proc_macro2::TokenStream {
    let cx = ctxt::Ctxt::default();
    let input = own_name::without_self(input);
    let code = code(&cx, &input, derive);
    match cx.finish() {
        Ok(()) => code.unwrap_or_default(),
        Err(error) => fallback::expand(&input, derive, &error),
    }
}

fn code(cx: &ctxt::Ctxt, input: &DeriveInput, derive: &str) -> Option<proc_macro2::TokenStream> {
    match derive {
        "Model" => {
            let ast = ast::Model::from_syn(cx, input, derive);
            check::model(cx, &ast);
            Some(expand::model(&ir::Model::from(ast)))
        }
        "Fields" => {
            let ast = ast::Model::from_syn(cx, input, derive);
            check::shared(cx, &ast);
            Some(expand::shared(&ir::Model::from(ast)))
        }
        "Choices" => Some(expand::choices(&choices::Choices::from_syn(cx, input))),
        _ => newtype::Newtype::from_syn(cx, input).map(|ir| expand::newtype(&ir)),
    }
}
