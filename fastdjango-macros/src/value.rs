//! The values of attributes: strings, numbers, names, literals, fragments of SQL.

use fastdjango_core::field::{Deferrable, Engine, OnDelete};
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Lit, Token};

use crate::ctxt::Ctxt;
use crate::meta::{self, Form, Item};
use crate::symbol::{ACTIONS, ENGINES, Word};

/// A value, and the word that it was given under.
#[derive(Clone, Debug)]
pub(crate) struct Spanned<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

/// Why an item is not of the type that its word wants.
pub(crate) enum Wrong {
    /// Another form altogether: the usage of the word says it all.
    Form,
    /// A mistake inside.
    Inside(syn::Error),
}

impl From<syn::Error> for Wrong {
    fn from(error: syn::Error) -> Self {
        Self::Inside(error)
    }
}

/// A type of value that an attribute can have.
pub(crate) trait Value: Sized {
    /// What the word takes, as a noun.
    const NOUN: &'static str;

    fn parse(item: &Item) -> Result<Self, Wrong>;
}

/// Puts an item into its slot; a second one, or one of another form, is a mistake.
pub(crate) fn set<T: Value>(cx: &Ctxt, slot: &mut Option<Spanned<T>>, item: &Item, words: &[Word]) {
    let word = item.word();
    if slot.is_some() {
        cx.error(item.span(), format_args!("duplicate attribute `{word}`; remove one of the two"));
        return;
    }
    match T::parse(item) {
        Ok(value) => *slot = Some(Spanned { value, span: item.span() }),
        Err(Wrong::Inside(error)) => drop(cx.take::<()>(Err(error))),
        Err(Wrong::Form) => {
            let usage = words.iter().find(|w| w.name == word).map_or("", |w| w.usage);
            let advice = if usage == word { "; write it alone, or leave it out" } else { ", as in " };
            let example = if usage == word { String::new() } else { format!("`{usage}`") };
            let message = format!("`{word}` takes {}{advice}{example}", T::NOUN);
            cx.error_at(item.value_tokens(), message);
        }
    }
}

fn value(item: &Item) -> Result<&TokenStream, Wrong> {
    match &item.form {
        Form::Value(tokens) => Ok(tokens),
        Form::Word | Form::List(_) => Err(Wrong::Form),
    }
}

fn parsed<T: syn::parse::Parse>(item: &Item) -> Result<T, Wrong> {
    syn::parse2(value(item)?.clone()).map_err(|_| Wrong::Form)
}

/// A word that stands alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flag;

impl Value for Flag {
    const NOUN: &'static str = "no value";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        matches!(item.form, Form::Word).then_some(Self).ok_or(Wrong::Form)
    }
}

impl Value for bool {
    const NOUN: &'static str = "`true` or `false`";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        match item.form {
            Form::Word => Ok(true),
            _ => parsed::<syn::LitBool>(item).map(|lit| lit.value),
        }
    }
}

impl Value for String {
    const NOUN: &'static str = "a string";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        let lit = parsed::<syn::LitStr>(item)?;
        let text = lit.value();
        if text.trim().is_empty() || text.contains('\0') {
            return Err(syn::Error::new(lit.span(), format_args!("`{}` may not be empty", item.word())).into());
        }
        Ok(text)
    }
}

impl Value for u32 {
    const NOUN: &'static str = "a whole number";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        parsed::<syn::LitInt>(item)?.base10_parse().map_err(Wrong::Inside)
    }
}

/// A name of something in Rust: an identifier, or the same in quotes.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

impl Name {
    fn new(ident: &Ident) -> Self {
        Self { text: ident.unraw().to_string(), span: ident.span() }
    }
}

impl Value for Name {
    const NOUN: &'static str = "a name";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        if let Ok(text) = parsed::<syn::LitStr>(item) {
            let ident = text.parse_with(Ident::parse_any).map_err(|_| Wrong::Form)?;
            return Ok(Self { span: text.span(), ..Self::new(&ident) });
        }
        let ident = Ident::parse_any.parse2(value(item)?.clone()).map_err(|_| Wrong::Form)?;
        Ok(Self::new(&ident))
    }
}

/// A field of a list, and whether it is in descending order.
#[derive(Clone, Debug)]
pub(crate) struct Ordered {
    pub(crate) name: Name,
    pub(crate) descending: bool,
}

impl Value for Vec<Ordered> {
    const NOUN: &'static str = "a list of fields";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        let Some(TokenTree::Group(group)) = value(item)?.clone().into_iter().next() else { return Err(Wrong::Form) };
        bracketed(item, &group, ordered)
    }
}

impl Value for Vec<Name> {
    const NOUN: &'static str = "a list of fields";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        let Some(TokenTree::Group(group)) = value(item)?.clone().into_iter().next() else { return Err(Wrong::Form) };
        bracketed(item, &group, plain)
    }
}

fn bracketed<T>(item: &Item, group: &Group, parse: fn(ParseStream) -> syn::Result<T>) -> Result<Vec<T>, Wrong> {
    let parser = |input: ParseStream| Punctuated::<T, Token![,]>::parse_terminated_with(input, parse);
    let list: Vec<T> = parser.parse2(group.stream())?.into_iter().collect();
    if list.is_empty() {
        let message = format!("`{}` may not be empty; name at least one field", item.word());
        return Err(syn::Error::new(group.span(), message).into());
    }
    Ok(list)
}

fn ordered(input: ParseStream) -> syn::Result<Ordered> {
    let descending = input.parse::<Option<Token![-]>>()?.is_some();
    Ok(Ordered { name: plain(input)?, descending })
}

fn plain(input: ParseStream) -> syn::Result<Name> {
    if input.peek(Token![-]) {
        return Err(input.error("only an index has an order; name the field without `-`"));
    }
    if input.peek(syn::LitStr) {
        return Err(input.error("fields are named without quotes, as in `fields = [author, slug]`"));
    }
    let ident =
        input.call(Ident::parse_any).map_err(|error| syn::Error::new(error.span(), "expected a field's name"))?;
    Ok(Name::new(&ident))
}

impl Value for syn::Path {
    const NOUN: &'static str = "a model";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        syn::Path::parse_mod_style.parse2(value(item)?.clone()).map_err(|_| Wrong::Form)
    }
}

impl Value for OnDelete {
    const NOUN: &'static str = "`cascade`, `restrict`, `set_null`, `set_default` or `no_action`";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        let word = Name::parse(item)?;
        let lower = word.text.to_lowercase();
        Ok(match lower.as_str() {
            "cascade" => Self::Cascade,
            "restrict" => Self::Restrict,
            "set_null" => Self::SetNull,
            "set_default" => Self::SetDefault,
            "no_action" => Self::NoAction,
            other => return Err(syn::Error::new(word.span, unknown_action(item, other)).into()),
        })
    }
}

fn unknown_action(item: &Item, word: &str) -> String {
    let advice = match word {
        "protect" => "; the database's word for it is `restrict`".to_owned(),
        "do_nothing" => "; the database's word for it is `no_action`".to_owned(),
        _ => meta::nearest(word, ACTIONS.iter().copied()).map_or_else(
            || format!("; the actions are {}", meta::list(ACTIONS.iter().copied())),
            |near| format!("; did you mean `{near}`?"),
        ),
    };
    format!("unknown action `{word}` for `{}`{advice}", item.word())
}

impl Value for Deferrable {
    const NOUN: &'static str = "`deferred` or `immediate`";

    fn parse(item: &Item) -> Result<Self, Wrong> {
        if matches!(item.form, Form::Word) {
            return Ok(Self::Deferred);
        }
        match Name::parse(item)?.text.as_str() {
            "deferred" => Ok(Self::Deferred),
            "immediate" => Ok(Self::Immediate),
            _ => Err(Wrong::Form),
        }
    }
}

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
fn sql_call(tokens: &TokenStream) -> Option<Group> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    match tokens.as_slice() {
        [TokenTree::Ident(name), TokenTree::Group(group)] if name == "sql" => Some(group.clone()),
        _ => None,
    }
}

fn sql_list(group: &Group) -> syn::Result<Sql> {
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
