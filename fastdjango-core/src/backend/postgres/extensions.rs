//! Extensions that the steps make: asked for before the first of them runs.

use super::plain::plain;
use super::session::Session;
use crate::backend::fault::{Attempt, Fault};
use crate::backend::names::literal;
use crate::backend::statement::meaningful;
use crate::diagnostic::Diagnostic;
use crate::migration::Step;

/// Refuses steps that make an extension whose files the server does not have.
///
/// <https://www.postgresql.org/docs/current/view-pg-available-extensions.html>
pub(super) async fn are_there(session: &mut Session, steps: &[Step]) -> Attempt<()> {
    for extension in steps.iter().flat_map(Step::statements).filter_map(made) {
        let there = format!("SELECT 1 FROM pg_catalog.pg_available_extensions WHERE name = {}", literal(&extension));
        if session.query(&there).await?.is_empty() {
            return Err(missing(&extension));
        }
    }
    Ok(())
}

/// The extension that a statement makes.
fn made(sql: &str) -> Option<String> {
    let text = plain(sql);
    let tokens = meaningful(&text);
    let is = |i: usize, word: &str| tokens.get(i).is_some_and(|token| token.is_word(word));
    let name = if is(2, "IF") && is(3, "NOT") && is(4, "EXISTS") { 5 } else { 2 };
    let token = tokens.get(name).filter(|_| is(0, "CREATE") && is(1, "EXTENSION"))?;
    token.name().map(|name| if name == token.text { name.to_lowercase() } else { name })
}

fn missing(extension: &str) -> Box<Fault> {
    let message = format!("the server does not have the extension `{extension}`");
    let diagnostic = Diagnostic::error("E652", message).note("nothing was run");
    let help =
        "install its files on the server: the package is often `postgresql-contrib`, or one of the extension's own";
    let other = "at a provider, look for it in the list of the extensions that can be turned on";
    Fault::refusal(diagnostic.help(help).help(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_say_which_extension_they_make() {
        assert_eq!(made("CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\"").as_deref(), Some("uuid-ossp"));
        assert_eq!(made("create /* x */ extension Citext WITH SCHEMA public").as_deref(), Some("citext"));
        assert_eq!(made("DROP EXTENSION citext"), None);
        assert_eq!(made("SELECT 'CREATE EXTENSION citext'"), None);
    }
}
