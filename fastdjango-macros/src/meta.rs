//! The items inside an attribute's parentheses, before their words are understood.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;

use crate::ctxt::Ctxt;
use crate::symbol::{FOREIGN, Word};

/// One item: `word`, `word = value` or `word(list)`.
#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) name: Ident,
    pub(crate) form: Form,
}

/// What follows the word.
#[derive(Clone)]
pub(crate) enum Form {
    /// Nothing.
    Word,
    /// `= value`.
    Value(TokenStream),
    /// `(list)`.
    List(Group),
}

impl Item {
    pub(crate) fn word(&self) -> String {
        self.name.unraw().to_string()
    }

    pub(crate) fn span(&self) -> Span {
        self.name.span()
    }

    /// The place of the value, or of the word where there is none.
    pub(crate) fn value_tokens(&self) -> TokenStream {
        match &self.form {
            Form::Word => self.name.to_token_stream(),
            Form::Value(tokens) => tokens.clone(),
            Form::List(group) => group.to_token_stream(),
        }
    }
}

/// Splits `a, b = c, d(e)` at its commas. What is no item is reported and skipped, so that the rest is still checked.
pub(crate) fn items(cx: &Ctxt, tokens: TokenStream) -> Vec<Item> {
    let mut items = Vec::new();
    let mut piece: Vec<TokenTree> = Vec::new();
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                if piece.is_empty() {
                    cx.error(punct.span(), "expected an attribute before this comma");
                }
                items.extend(item(cx, &std::mem::take(&mut piece)));
            }
            _ => piece.push(token),
        }
    }
    items.extend(item(cx, &piece));
    items
}

fn item(cx: &Ctxt, piece: &[TokenTree]) -> Option<Item> {
    let (first, rest) = piece.split_first()?;
    let TokenTree::Ident(name) = first else {
        cx.error_at(first, "expected the name of an attribute, such as `table = \"…\"`");
        return None;
    };
    let form = match rest {
        [] => Form::Word,
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => Form::List(group.clone()),
        [TokenTree::Punct(equals), value @ ..] if equals.as_char() == '=' && !value.is_empty() => {
            Form::Value(value.iter().cloned().collect())
        }
        [TokenTree::Punct(equals), ..] if equals.as_char() == '=' => {
            cx.error(equals.span(), format_args!("expected a value after `{name} =`"));
            return None;
        }
        [unexpected, ..] => {
            cx.error_at(unexpected, format_args!("expected `,`, `=` or `(` after `{name}`"));
            return None;
        }
    };
    Some(Item { name: name.clone(), form })
}

/// Reports a word that the place does not know, with the nearest that it does, or the way it is said here.
pub(crate) fn unknown(cx: &Ctxt, item: &Item, what: &str, known: &[Word], elsewhere: &[(&[Word], &str)]) {
    let word = item.word();
    let advice = foreign(&word)
        .or_else(|| {
            let (_, place) = elsewhere.iter().find(|(words, _)| words.iter().any(|w| w.name == word))?;
            Some(format!("; it belongs in {place}"))
        })
        .or_else(|| nearest(&word, known.iter().map(|w| w.name)).map(|near| format!("; did you mean `{near}`?")))
        .unwrap_or_else(|| match known {
            [only] => format!("; the only attribute here is `{}`", only.name),
            known => format!("; the attributes here are {}", list(known.iter().map(|w| w.name))),
        });
    cx.error(item.span(), format_args!("unknown {what} attribute `{word}`{advice}"));
}

fn foreign(word: &str) -> Option<String> {
    FOREIGN.iter().find(|(theirs, _)| *theirs == word).map(|(_, ours)| format!("; {ours}"))
}

/// The known word that a person most likely meant.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.chars().count().max(3) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `a`, `b` and `c`, in backticks.
pub(crate) fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match words.as_slice() {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}
