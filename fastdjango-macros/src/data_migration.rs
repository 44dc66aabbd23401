//! `#[data_migration]`: a function that migrations call by its id.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{FnArg, ItemFn, ReturnType};

use crate::attr::{self, package_label};
use crate::ctxt::Ctxt;
use crate::meta;
use crate::symbol::DATA_MIGRATION;
use crate::value::{Flag, Spanned, set};

/// The function as it is, and what registers it.
///
/// A mistake leaves the function as it is, so that nothing follows from it.
pub(crate) fn expand(attribute: TokenStream, function: &ItemFn) -> TokenStream {
    let cx = Ctxt::default();
    let attrs = Attrs::of(&cx, attribute);
    let facade = attr::crate_path(&cx, &function.attrs);
    shape(&cx, function);
    let mut kept = function.clone();
    kept.attrs.retain(|attr| !attr.path().is_ident("fastdjango"));
    match cx.finish() {
        Ok(()) => {
            let registration = registration(&attrs, function, &facade);
            quote!(#kept #registration)
        }
        Err(error) => {
            let errors = error.to_compile_error();
            quote!(#errors #[allow(dead_code)] #kept)
        }
    }
}

#[derive(Default)]
struct Attrs {
    id: Option<Spanned<String>>,
    retry_safe: Option<Spanned<Flag>>,
}

impl Attrs {
    fn of(cx: &Ctxt, attribute: TokenStream) -> Self {
        let mut attrs = Self::default();
        for item in meta::items(cx, attribute) {
            match item.word().as_str() {
                "id" => set(cx, &mut attrs.id, &item, DATA_MIGRATION),
                "retry_safe" => set(cx, &mut attrs.retry_safe, &item, DATA_MIGRATION),
                _ => meta::unknown(cx, &item, "`data_migration`", DATA_MIGRATION, &[]),
            }
        }
        let id = attrs.id.as_ref().filter(|id| id.value.trim().is_empty() || id.value == "noop");
        if let Some(id) = id {
            cx.error(id.span, "an `id` names one function, as in `id = \"blog::fill_slugs\"`");
        }
        attrs
    }
}

/// What only the syntax can tell; the types are the compiler's business.
fn shape(cx: &Ctxt, function: &ItemFn) {
    let signature = &function.sig;
    if signature.asyncness.is_none() {
        cx.error(signature.fn_token.span, "a data migration is `async`: write `async fn`");
    }
    if !signature.generics.params.is_empty() {
        cx.error_at(&signature.generics, "a data migration is one function, and has no parameters of its own");
    }
    let mut inputs = signature.inputs.iter();
    match (inputs.next(), inputs.next()) {
        (Some(FnArg::Typed(_)), None) => {}
        (Some(FnArg::Receiver(receiver)), _) => {
            cx.error_at(receiver, "a data migration stands outside any `impl`; it takes `data: &mut Data<'_>`");
        }
        _ => cx.error(signature.paren_token.span.join(), "a data migration takes one argument: `data: &mut Data<'_>`"),
    }
    if matches!(signature.output, ReturnType::Default) {
        cx.error_at(&signature.ident, "a data migration says how it ended: write `-> Result<(), Failure>`");
    }
}

fn registration(attrs: &Attrs, function: &ItemFn, facade: &syn::Path) -> TokenStream {
    let (name, p) = (&function.sig.ident, quote!(#facade::__private));
    let id = attrs
        .id
        .as_ref()
        .map_or_else(|| format!("{}::{}", package_label(), syn::ext::IdentExt::unraw(name)), |id| id.value.clone());
    let retry_safe = attrs.retry_safe.is_some();
    let begun = quote_spanned! { function.sig.inputs.span() => #name(__data) };
    let ended = quote_spanned! { function.sig.output.span() => __work.await? };
    quote! {
        const _: () = {
            fn __run<'a>(__data: &'a mut #p::Data<'_>) -> #p::Running<'a> {
                let __work = #begun;
                #p::Box::pin(async move {
                    #ended;
                    ::core::result::Result::<(), #p::Failure>::Ok(())
                })
            }
            #p::inventory::submit! {
                #p::DataRegistration(&#p::DataMigration {
                    id: #id,
                    run: __run,
                    retry_safe: #retry_safe,
                    source: #p::Source {
                        manifest_dir: ::core::env!("CARGO_MANIFEST_DIR"),
                        package: ::core::env!("CARGO_PKG_NAME"),
                        file: ::core::file!(),
                        line: ::core::line!(),
                        column: ::core::column!(),
                    },
                })
            }
        };
    }
}
