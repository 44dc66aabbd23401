//! A statement outside any transaction: what it finds before it, and whether it landed.
//!
//! <https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY>: a build that was broken off
//! leaves an index which is not valid.

use std::collections::BTreeSet;
use std::fmt;

use super::plain::plain;
use super::session::Session;
use crate::backend::fault::{Attempt, Fault};
use crate::backend::journal::unknown;
use crate::backend::names::{literal, quote};
use crate::backend::statement::meaningful;
use crate::diagnostic::Diagnostic;
use crate::field::lexer::Token;

/// What a statement does, as far as it can be told afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Flight {
    /// `CREATE INDEX CONCURRENTLY` of that name.
    Builds(Named),
    /// `DROP INDEX CONCURRENTLY` of that name.
    Drops(Named),
    /// It reads or writes rows, and can be in a transaction after all: with its mark, so that no row is written twice.
    Rows,
    /// It runs code that may commit on its own.
    Code,
    /// Anything else.
    Other,
}

/// An index by its name, in a schema where the statement says one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    schema: Option<String>,
    name: String,
}

impl Named {
    /// Reads a name, whatever stands before it, and says what comes behind it.
    fn read(tokens: &[Token<'_>], mut at: usize) -> Option<(Self, usize)> {
        let mut schema = None;
        while tokens.get(at + 1).is_some_and(|token| token.is_symbol('.')) {
            schema = Some(name(tokens.get(at)?)?);
            at += 2;
        }
        Some((Self { schema, name: name(tokens.get(at)?)? }, at + 1))
    }

    /// As an identifier.
    fn quoted(&self) -> String {
        let schema = self.schema.as_ref().map_or_else(String::new, |schema| quote(schema) + ".");
        schema + &quote(&self.name)
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// Bare names are kept in lower case: <https://www.postgresql.org/docs/current/sql-syntax-lexical.html>.
fn name(token: &Token<'_>) -> Option<String> {
    token.name().map(|name| if name == token.text { name.to_lowercase() } else { name })
}

/// The first words of statements about rows.
const ROWS: [&str; 9] = ["INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "SELECT", "VALUES", "TRUNCATE", "COPY"];

/// What is to be done with a statement that a run before us began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Landed {
    /// It is in the database.
    Yes,
    /// It is not: it may run.
    No,
}

impl Flight {
    /// Reads a statement.
    pub(super) fn of(sql: &str) -> Self {
        let text = plain(sql);
        let tokens = meaningful(&text);
        let is = |i: usize, word: &str| tokens.get(i).is_some_and(|token| token.is_word(word));
        let unique = usize::from(is(1, "UNIQUE"));
        // A schema may stand before the name of an index that goes; that of a new one is its table's.
        let built = |at: usize| {
            let (index, on) = Named::read(&tokens, at)?;
            let only = usize::from(is(on + 1, "ONLY"));
            let (table, _) = Named::read(&tokens, on + 1 + only).filter(|_| is(on, "ON"))?;
            Some(Named { schema: table.schema, name: index.name })
        };
        if is(0, "CREATE") && is(1 + unique, "INDEX") && is(2 + unique, "CONCURRENTLY") && !is(3 + unique, "ON") {
            // With `IF NOT EXISTS` it is refused before it runs.
            return built(3 + unique).map_or(Self::Other, Self::Builds);
        }
        if is(0, "DROP") && is(1, "INDEX") && is(2, "CONCURRENTLY") {
            let skip = if is(3, "IF") { 2 } else { 0 };
            return Named::read(&tokens, 3 + skip).map_or(Self::Other, |(index, _)| Self::Drops(index));
        }
        match (ROWS.iter().any(|word| is(0, word)), is(0, "CALL") || is(0, "DO")) {
            (true, _) => Self::Rows,
            (false, true) => Self::Code,
            (false, false) => Self::Other,
        }
    }

    /// Refuses a new index whose name is taken: to take it for ours later would be a guess.
    pub(super) async fn is_clear(&self, session: &mut Session) -> Attempt<()> {
        let Self::Builds(name) = self else { return Ok(()) };
        let state = match index(session, name).await? {
            None => return Ok(()),
            Some(true) => "is there already",
            Some(false) => "is there already, left unfinished by somebody else's build",
        };
        let message = format!("the index `{name}` {state}");
        let help = format!("see whose it is; `DROP INDEX CONCURRENTLY {}` makes room", name.quoted());
        Err(Fault::refusal(Diagnostic::error("E651", message).help(help)))
    }

    /// Asks the catalog what became of it; an index of ours that is not complete is dropped, so that it can be built again.
    pub(super) async fn landed(&self, session: &mut Session, sql: &str, before: &str) -> Attempt<Landed> {
        match self {
            Self::Builds(name) => match index(session, name).await? {
                Some(true) => Ok(Landed::Yes),
                Some(false) => {
                    session.execute(&format!("DROP INDEX CONCURRENTLY {}", name.quoted())).await?;
                    Ok(Landed::No)
                }
                None => Ok(Landed::No),
            },
            Self::Drops(name) => Ok(if index(session, name).await?.is_none() { Landed::Yes } else { Landed::No }),
            Self::Rows | Self::Other if catalog(session, sql).await? == before => Ok(Landed::No),
            Self::Rows | Self::Other | Self::Code => Err(unknown(sql)),
        }
    }

    /// Refuses to call an index built that no query may use.
    pub(super) async fn is_complete(&self, session: &mut Session) -> Attempt<()> {
        let Self::Builds(name) = self else { return Ok(()) };
        if index(session, name).await? == Some(true) {
            return Ok(());
        }
        let message = format!("the index `{name}` was built, and is not valid");
        Err(Fault::refusal(Diagnostic::error("E651", message).help("run `migrate` again: it is built anew")))
    }

    /// Statements that block nobody may wait as long as they must for the transactions of others.
    pub(super) fn is_patient(&self) -> bool {
        match self {
            Self::Builds(_) | Self::Drops(_) => true,
            Self::Rows | Self::Code | Self::Other => false,
        }
    }
}

/// None where there is no such index, else whether it is complete.
async fn index(session: &mut Session, named: &Named) -> Attempt<Option<bool>> {
    let schema = named.schema.as_ref().map_or_else(|| session.where_we_look(), |schema| literal(schema));
    let sql = format!(
        "SELECT (i.indisvalid AND i.indisready)::int FROM pg_catalog.pg_index i \
         JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = x.relnamespace \
         WHERE x.relname = {} AND n.nspname = {schema} ORDER BY 1 LIMIT 1",
        literal(&named.name)
    );
    Ok(session.integer(&sql).await?.map(|complete| complete == 1))
}

/// What of a schema a statement outside any transaction may change; rows are no part of it. `:schemas` stands for the numbers of schemas.
const CATALOG: &str = "SELECT pg_catalog.md5(coalesce(pg_catalog.string_agg(line, E'\\n' ORDER BY line COLLATE \"C\"), '')) FROM (\
         SELECT pg_catalog.format('class %s %s %s %s', c.relname, c.relkind, c.reloptions, c.reltablespace) \
         FROM pg_catalog.pg_class c WHERE c.relnamespace IN (:schemas) AND c.relname NOT LIKE 'fastdjango\\_%' \
         UNION ALL SELECT pg_catalog.format('column %s %s %s %s %s %s', a.attrelid, a.attname, a.attnum, \
         pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_catalog.pg_get_expr(d.adbin, d.adrelid)) \
         FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid \
         LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE c.relnamespace IN (:schemas) \
         UNION ALL SELECT pg_catalog.format('constraint %s %s', x.conname, pg_catalog.pg_get_constraintdef(x.oid)) \
         FROM pg_catalog.pg_constraint x WHERE x.connamespace IN (:schemas) \
         UNION ALL SELECT pg_catalog.format('index %s %s', pg_catalog.pg_get_indexdef(i.indexrelid), i.indisvalid) \
         FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid WHERE c.relnamespace IN (:schemas) \
         UNION ALL SELECT pg_catalog.format('value %s %s %s', t.typname, e.enumlabel, e.enumsortorder) \
         FROM pg_catalog.pg_enum e JOIN pg_catalog.pg_type t ON t.oid = e.enumtypid WHERE t.typnamespace IN (:schemas) \
         UNION ALL SELECT pg_catalog.format('function %s %s', p.proname, pg_catalog.md5(p.prosrc)) \
         FROM pg_catalog.pg_proc p WHERE p.pronamespace IN (:schemas)) AS lines (line)";

/// A hash of the catalog of the current schema, and of each that the statement names.
pub(super) async fn catalog(session: &mut Session, sql: &str) -> Attempt<String> {
    let text = plain(sql);
    let named = meaningful(&text).iter().filter_map(name).collect::<BTreeSet<String>>();
    let named = named.into_iter().chain([session.schema.clone()]).map(|name| literal(&name));
    let schemas = format!(
        "SELECT s.oid FROM pg_catalog.pg_namespace s WHERE s.nspname IN ({}) AND s.nspname !~ '^(pg_|information_schema$)'",
        named.collect::<Vec<_>>().join(", ")
    );
    Ok(session.texts(&CATALOG.replace(":schemas", &schemas)).await?.pop().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_say_which_index_they_are_about() {
        let named = |name: &str| Named { schema: None, name: name.to_owned() };
        let builds = |name: &str| Flight::Builds(named(name));
        let shop = |name: &str| Named { schema: Some("S".into()), name: name.to_owned() };
        assert_eq!(Flight::of("CREATE INDEX CONCURRENTLY \"A b\" ON post (x)"), builds("A b"));
        assert_eq!(Flight::of("create unique index concurrently Post_X on post (x)"), builds("post_x"));
        assert_eq!(Flight::of("CREATE INDEX post_x ON post (x)"), Flight::Other);
        assert_eq!(Flight::of("CREATE INDEX CONCURRENTLY ON post (x)"), Flight::Other);
        assert_eq!(Flight::of("CREATE INDEX CONCURRENTLY x ON ONLY \"S\".post (x)"), Flight::Builds(shop("x")));
        let drops = |name: &str| Flight::Drops(named(name));
        assert_eq!(Flight::of("DROP INDEX CONCURRENTLY IF EXISTS \"S\".\"x\""), Flight::Drops(shop("x")));
        assert_eq!(Flight::of("DROP INDEX CONCURRENTLY x"), drops("x"));
        assert_eq!(Flight::of("VACUUM post"), Flight::Other);
        assert_eq!(Flight::of("UPDATE post SET x = 1"), Flight::Rows);
        assert_eq!(Flight::of("CALL fill()"), Flight::Code);
    }
}
