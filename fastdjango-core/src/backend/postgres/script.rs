//! What runs as text: what `sqlmigrate` prints, and the executor runs word by word.

use std::time::Duration;

use crate::backend::RunOptions;
use crate::migration::Step;

/// What every session relies on, in the words in which it is set and read back.
///
/// Without `TimeZone` a change from `timestamp` to `timestamptz` would move values by hours; without
/// `standard_conforming_strings` a backslash would change a text. <https://www.postgresql.org/docs/current/runtime-config-client.html>
pub(super) const SETTINGS: [(&str, &str); 5] = [
    ("TimeZone", "UTC"),
    ("standard_conforming_strings", "on"),
    ("lock_timeout", "3s"),
    ("statement_timeout", "0"),
    ("client_min_messages", "warning"),
];

/// The schemas of the database's own search path, made explicit: the first of them is where tables are made.
///
/// <https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATH>
const SEARCH_PATH: &str = "SELECT pg_catalog.set_config('search_path', pg_catalog.array_to_string(ARRAY(\
    SELECT pg_catalog.quote_ident(schema) FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) \
    WITH ORDINALITY AS path (schema, place) ORDER BY place), ', '), false)";

/// Forgets what an earlier migration left in the session: settings, a role, temporary tables.
///
/// <https://www.postgresql.org/docs/current/sql-discard.html>
const DISCARD: &str = "DISCARD ALL";

/// The beginning.
pub(super) const BEGIN: &str = "BEGIN";
/// The end.
pub(super) const COMMIT: &str = "COMMIT";

/// Everything that a session sets before it works.
pub(super) fn prologue() -> Vec<String> {
    let settings = SETTINGS.iter().map(|(name, value)| format!("SET {name} = '{value}'"));
    [DISCARD.to_owned()].into_iter().chain(settings).chain([SEARCH_PATH.to_owned()]).collect()
}

/// How long a statement of the transaction waits for a lock that another session holds.
pub(super) fn lock_timeout(timeout: Duration) -> String {
    format!("SET LOCAL lock_timeout = '{}ms'", timeout.as_millis())
}

/// Everything that runs for the steps, in order; what depends on the live database is a comment.
pub(in crate::backend) fn script(steps: &[Step]) -> Vec<String> {
    let mut lines = prologue();
    lines.push("-- the migrators' lock is taken: pg_try_advisory_lock, until it is ours".to_owned());
    lines.push(BEGIN.to_owned());
    lines.push(lock_timeout(RunOptions::default().lock_timeout));
    lines.extend(steps.iter().flat_map(step));
    lines.push("-- the event is written to the history".to_owned());
    lines.push(COMMIT.to_owned());
    lines
}

fn step(step: &Step) -> Vec<String> {
    let statements = step.statements().into_iter().map(str::to_owned);
    match step {
        Step::Verify { found, .. } => {
            let comment = format!("-- stops the migration where it counts any: {found}").replace('\n', " ");
            std::iter::once(comment).chain(statements).collect()
        }
        Step::Sql(_) | Step::Autocommit { .. } | Step::Drop { .. } | Step::Rebuild { .. } => statements.collect(),
    }
}
