//! Literals, as defaults and fill values are written.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Lit, Token};

use super::sql::{sql_call, sql_list};
use super::{Sql, Value, Wrong, value};
use crate::meta::Item;

/// A value of `default`, `fill` or `reverse_fill`.
#[derive(Clone, Debug)]
pub(crate) enum Literal {
    Boolean(bool),
    Integer(i64),
    Real(f64),
    Text(String),
    Choice(Ident),
    Sql(Sql),
}

impl Value for Literal {
    const NOUN: &'static str = "a literal or the name of a choice";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        let tokens = value(item)?;
        if let Some(call) = sql_call(tokens) {
            return Ok(Self::Sql(sql_list(&call)?));
        }
        if let Ok(path) = syn::parse2::<syn::Path>(tokens.clone()) {
            return choice(&path).map_err(Wrong::Inside);
        }
        let parser = |input: ParseStream| Ok((input.parse::<Option<Token![-]>>()?, input.parse::<Lit>()?));
        let (minus, lit) = parser.parse2(tokens.clone()).map_err(|_| Wrong::Form)?;
        literal(minus.is_some(), &lit)
    }
}

fn choice(path: &syn::Path) -> syn::Result<Literal> {
    match (path.get_ident(), path.segments.last()) {
        (Some(ident), _) => Ok(Literal::Choice(ident.unraw())),
        (None, Some(last)) => {
            let message = format!("a choice is named without its enum: write `{}`", last.ident);
            Err(syn::Error::new_spanned(path, message))
        }
        (None, None) => Err(syn::Error::new_spanned(path, "expected a literal")),
    }
}

fn literal(negative: bool, lit: &Lit) -> Result<Literal, Wrong> {
    let sign = if negative { "-" } else { "" };
    match lit {
        Lit::Bool(lit) if !negative => Ok(Literal::Boolean(lit.value)),
        Lit::Str(lit) if !negative => Ok(Literal::Text(lit.value())),
        Lit::Int(int) => format!("{sign}{}", int.base10_digits()).parse().map(Literal::Integer).map_err(|_| {
            syn::Error::new(lit.span(), "this number does not fit into 64 bits; no column could hold it").into()
        }),
        Lit::Float(float) => match format!("{sign}{}", float.base10_digits()).parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Literal::Real(number)),
            _ => Err(syn::Error::new(lit.span(), "this number is not finite; no column could hold it").into()),
        },
        Lit::Char(lit) if !negative => {
            Err(syn::Error::new_spanned(lit, "text is written in double quotes: `\"…\"`").into())
        }
        other => Err(syn::Error::new_spanned(
            other.to_token_stream(),
            "expected a number, `true`, `false`, a string or a choice",
        )
        .into()),
    }
}
