//! Fragments of SQL.

use fastdjango_core::field::Engine;
use proc_macro2::{Group, TokenStream, TokenTree};

use super::{Value, Wrong, parsed, set, value};
use crate::ctxt::Ctxt;
use crate::meta::{self, Item};
use crate::symbol::ENGINES;

/// A fragment of SQL: one text, or one for each engine.
#[derive(Clone, Debug)]
pub(crate) enum Sql {
    Any(String),
    Each(Vec<(Engine, String)>),
}

impl Value for Sql {
    const NOUN: &'static str = "SQL in a string, or `sql(postgres = \"…\", sqlite = \"…\")`";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        if parsed::<syn::LitStr>(item).is_ok() {
            return String::parse(item).map(Self::Any);
        }
        let call = sql_call(value(item)?).ok_or(Wrong::Form)?;
        Ok(sql_list(&call)?)
    }
}

/// The parentheses of `sql(…)`.
pub(super) fn sql_call(tokens: &TokenStream) -> Option<Group> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    match tokens.as_slice() {
        [TokenTree::Ident(name), TokenTree::Group(group)] if name == "sql" => Some(group.clone()),
        _ => None,
    }
}

/// The texts in those parentheses.
pub(super) fn sql_list(group: &Group) -> syn::Result<Sql> {
    if let Ok(text) = syn::parse2::<syn::LitStr>(group.stream()) {
        return Ok(Sql::Any(text.value()));
    }
    let cx = Ctxt::default();
    let mut texts: Vec<(Engine, String)> = Vec::new();
    for item in meta::items(&cx, group.stream()) {
        let Ok(engine) = item.word().parse::<Engine>() else {
            meta::unknown(&cx, &item, "`sql`", ENGINES, &[]);
            continue;
        };
        let mut slot = None;
        set::<String>(&cx, &mut slot, &item, ENGINES);
        if texts.iter().any(|(other, _)| *other == engine) {
            cx.error(item.span(), format_args!("duplicate attribute `{engine}`; remove one of the two"));
        }
        texts.extend(slot.map(|text| (engine, text.value)));
    }
    cx.finish()?;
    texts.sort_by_key(|(engine, _)| *engine);
    if texts.is_empty() {
        return Err(syn::Error::new(
            group.span(),
            "`sql` may not be empty; write `sql(\"…\")` or `sql(postgres = \"…\")`",
        ));
    }
    Ok(Sql::Each(texts))
}
