//! Extensions that the steps make: asked for before the first of them runs.

use super::plain::plain;
use super::session::Session;
use crate::backend::fault::{Attempt, Fault};
use crate::backend::names::{literal, quote};
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
        if session.is_one_of_many() && !is_in_reach(session, &extension).await? {
            return Err(not_for_all(&extension));
        }
    }
    Ok(())
}

/// True where it is made already, in a schema that the session looks into.
async fn is_in_reach(session: &mut Session, extension: &str) -> Attempt<bool> {
    let reached = format!(
        "SELECT 1 FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace \
         WHERE e.extname = {} AND n.nspname = ANY (pg_catalog.current_schemas(true))",
        literal(extension)
    );
    Ok(!session.query(&reached).await?.is_empty())
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

/// A database has an extension once, in one schema: made by the first of many, it would be out of the reach of the others.
fn not_for_all(extension: &str) -> Box<Fault> {
    let message =
        format!("the extension `{extension}` is not within reach of this schema, and is made once for all of them");
    let make =
        format!("make it before: `CREATE SCHEMA extensions; CREATE EXTENSION {} SCHEMA extensions`", quote(extension));
    let reach = "let each schema see it: `url = \"postgres://…?options=-csearch_path=extensions\"`";
    Fault::refusal(Diagnostic::error("E666", message).note("nothing was run").help(make).help(reach))
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
