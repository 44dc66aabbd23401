//! `embed_migrations!`: the files of a crate's migrations, put into the program.

mod folder;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{LitStr, Token};

use folder::{App, Folder};

/// What stands in the parentheses: the folder, and how the facade crate is called where it has another name.
struct Input {
    folder: Option<LitStr>,
    facade: syn::Path,
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let folder = if input.peek(LitStr) { Some(input.parse()?) } else { None };
        if folder.is_some() && !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
        let mut facade = syn::parse_quote!(::fastdjango);
        if input.peek(Token![crate]) {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            facade = input.parse()?;
        }
        if !input.is_empty() {
            return Err(input.error("it takes a folder of this crate: `embed_migrations!(\"migrations\")`, or nothing"));
        }
        Ok(Self { folder, facade })
    }
}

/// The files as constants, and what registers them; or all that is wrong with them, at the macro.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let place = Span::call_site();
    match syn::parse2::<Input>(input) {
        Ok(input) => {
            let span = input.folder.as_ref().map_or(place, LitStr::span);
            let name = input.folder.map_or_else(|| "migrations".to_owned(), |folder| folder.value());
            match Folder::read(&name) {
                Ok(folder) => registration(&folder, &input.facade),
                Err(message) => syn::Error::new(span, message).to_compile_error(),
            }
        }
        Err(error) => error.to_compile_error(),
    }
}

/// `include_str!` makes cargo build again when a file changes; a new file changes the snapshot, unless somebody put it there by hand.
/// On stable Rust no macro can have cargo watch a folder: <https://github.com/rust-lang/rust/issues/99515>.
fn registration(folder: &Folder, facade: &syn::Path) -> TokenStream {
    let (p, name) = (quote!(#facade::__private), &folder.name);
    let apps = folder.apps.iter().map(|app| app_tokens(app, &p));
    quote! {
        const _: () = {
            #p::inventory::submit! {
                #p::EmbeddedRegistration(&#p::EmbeddedCrate {
                    source: #p::Source {
                        manifest_dir: ::core::env!("CARGO_MANIFEST_DIR"),
                        package: ::core::env!("CARGO_PKG_NAME"),
                        file: ::core::file!(),
                        line: ::core::line!(),
                        column: ::core::column!(),
                    },
                    folder: #name,
                    apps: &[#(#apps),*],
                })
            }
            // What the build was checked by: cargo builds again where it changes.
            let _ = ::core::option_env!("FASTDJANGO_CHECK");
        };
    }
}

fn app_tokens(app: &App, p: &TokenStream) -> TokenStream {
    let label = &app.label;
    let files = app.migrations.iter().map(|file| {
        let (name, path) = (&file.name, &file.path);
        quote!((#name, ::core::include_str!(#path)))
    });
    let snapshot = app.snapshot.as_ref().map_or_else(
        || quote!(::core::option::Option::None),
        |path| quote!(::core::option::Option::Some(::core::include_str!(#path))),
    );
    quote!(#p::EmbeddedApp { label: #label, migrations: &[#(#files),*], snapshot: #snapshot })
}
