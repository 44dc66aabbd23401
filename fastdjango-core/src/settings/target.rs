//! The servers that SQL is rendered for: `target = { postgres = "15" }`.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;
use toml::de::DeValue;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::field::{Engine, UnknownTarget, Version};
use crate::source::Source;

/// The targets as versions; each must be one that SQL is rendered for, of an engine that is rendered.
///
/// Where `rendered` is empty, nobody knows yet what will be.
pub(super) fn targets(
    source: &Source<'_>,
    value: &Spanned<DeValue<'_>>,
    rendered: &BTreeSet<Engine>,
) -> (BTreeMap<Engine, Version>, Diagnostics) {
    let (mut targets, mut found) = (BTreeMap::new(), Diagnostics::default());
    for (name, value) in value.get_ref().as_table().into_iter().flat_map(|table| table.iter()) {
        let Ok(engine) = name.get_ref().parse::<Engine>() else { continue };
        if !rendered.is_empty() && !rendered.contains(&engine) {
            let message = format!("`target` names {engine}, for which nothing is rendered");
            let names: Vec<&str> = rendered.iter().map(|engine| engine.as_str()).collect();
            let help = format!("take it out, or add it to `render`; what is rendered: {}", names.join(", "));
            found.push(Diagnostic::error("E404", message).at(source.place(name.span().start)).help(help));
        }
        let text = value.get_ref().as_str().unwrap_or_default();
        match engine.target(text) {
            Ok(version) => {
                targets.insert(engine, version);
            }
            Err(why) => {
                let (message, help) = (fault(engine, text, why), possible(engine));
                found.push(Diagnostic::error("E404", message).at(source.place(value.span().start)).help(help));
            }
        }
    }
    (targets, found)
}

fn fault(engine: Engine, text: &str, why: UnknownTarget) -> String {
    match why {
        UnknownTarget::NoVersion => format!("the target of `{engine}` is no version"),
        UnknownTarget::Older(oldest) => {
            format!("no SQL is rendered for {} {text}: the oldest is {oldest}", engine.title())
        }
        UnknownTarget::Newer(newest) => {
            format!("{} {text} is not known here: the newest is {newest}", engine.title())
        }
    }
}

/// What may be written.
fn possible(engine: Engine) -> String {
    let targets = engine.targets();
    let newest = if engine == Engine::Postgres { targets.newest.to_string() } else { format!("{}.x", targets.newest) };
    format!(
        "write a version from `\"{}\"` to {newest}, or leave it out for `\"{}\"`; a newer server runs it as well",
        targets.oldest, targets.default
    )
}
