//! The words of foreign keys: actions, and times of checking.

use fastdjango_core::field::{Deferrable, OnDelete};

use super::{Name, Value, Wrong};
use crate::meta::{self, Form, Item};
use crate::symbol::ACTIONS;

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
