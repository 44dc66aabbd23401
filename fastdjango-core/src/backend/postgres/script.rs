//! What runs as text: what `sqlmigrate` prints, and the executor runs word by word.

use std::time::Duration;

use super::flight::Flight;
use super::options::search_path;
use crate::backend::RunOptions;
use crate::backend::names::literal;
use crate::dialect::{Dialect, Postgres};
use crate::migration::Step;
use crate::settings::Database;

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

/// Puts a schema of the database's own before all others: no table of another is met by its name alone.
fn own_path(path: &str) -> String {
    format!("SELECT pg_catalog.set_config('search_path', {}, false)", literal(path))
}

/// Forgets what an earlier migration left in the session: settings, a role, temporary tables.
///
/// <https://www.postgresql.org/docs/current/sql-discard.html>
const DISCARD: &str = "DISCARD ALL";

/// The beginning.
pub(super) const BEGIN: &str = "BEGIN";
/// The end.
pub(super) const COMMIT: &str = "COMMIT";

/// Everything that a session sets before it works; the role comes first, since the search path may depend on it (`"$user"`).
///
/// <https://www.postgresql.org/docs/current/sql-set-role.html>
pub(super) fn prologue(role: Option<&str>, path: Option<&str>) -> Vec<String> {
    let role = role.map(|role| format!("SET ROLE {}", Postgres::DEFAULT.quote(role)));
    let path = path.map(own_path).into_iter().chain([SEARCH_PATH.to_owned()]);
    let settings = SETTINGS.iter().map(|(name, value)| format!("SET {name} = '{value}'"));
    [DISCARD.to_owned()].into_iter().chain(role).chain(settings).chain(path).collect()
}

/// How long a statement of the transaction waits for a lock that another session holds.
pub(super) fn lock_timeout(timeout: Duration) -> String {
    format!("SET LOCAL lock_timeout = '{}ms'", timeout.as_millis())
}

/// How long a statement outside any transaction waits for a lock; for ever where the statement itself blocks nobody.
pub(super) fn session_lock_timeout(timeout: Option<Duration>) -> String {
    format!("SET lock_timeout = '{}ms'", timeout.map_or(0, |timeout| timeout.as_millis()))
}

/// Everything that runs for the steps, in order; what depends on the live database is a comment.
pub(in crate::backend) fn script(database: &Database, steps: &[Step], atomic: bool) -> Vec<String> {
    let mut lines = prologue(database.role.as_deref(), search_path(database).as_deref());
    lines.push("-- the migrators' lock is taken: pg_try_advisory_lock, until it is ours".to_owned());
    let event = "-- the event is written to the history".to_owned();
    if is_by_steps(steps, atomic) {
        lines.extend(transaction([
            "-- the steps are written to the journal, and that they begin to the history".to_owned()
        ]));
        let last = steps.len() - 1;
        for (place, step) in steps.iter().enumerate() {
            let mark = "-- the step is marked as done in the journal".to_owned();
            lines.extend(apart(step, [mark].into_iter().chain((place == last).then(|| event.clone()))));
        }
    } else {
        lines.extend(transaction(steps.iter().flat_map(step).chain([event])));
    }
    lines
}

/// True where each step is done for good before the next: one cannot be in a transaction, or the migration does not want one.
pub(super) fn is_by_steps(steps: &[Step], atomic: bool) -> bool {
    steps.iter().any(is_apart) || (!atomic && !steps.is_empty())
}

/// True for a step that no transaction may hold.
fn is_apart(step: &Step) -> bool {
    match step {
        Step::Autocommit { .. } => true,
        Step::Sql(_) | Step::Verify { .. } | Step::Rust { .. } | Step::Drop { .. } | Step::Rebuild { .. } => false,
    }
}

fn transaction(lines: impl IntoIterator<Item = String>) -> Vec<String> {
    let timeout = lock_timeout(RunOptions::default().lock_timeout);
    [BEGIN.to_owned(), timeout].into_iter().chain(lines).chain([COMMIT.to_owned()]).collect()
}

/// A step that is done for good, with its mark, before the next one begins.
fn apart(step: &Step, marks: impl Iterator<Item = String>) -> Vec<String> {
    match step {
        Step::Autocommit { autocommit } if Flight::of(autocommit) != Flight::Rows => {
            let patience = Some(RunOptions::default().lock_timeout).filter(|_| !Flight::of(autocommit).is_patient());
            [session_lock_timeout(patience), autocommit.clone()].into_iter().chain(transaction(marks)).collect()
        }
        Step::Autocommit { .. }
        | Step::Sql(_)
        | Step::Verify { .. }
        | Step::Rust { .. }
        | Step::Drop { .. }
        | Step::Rebuild { .. } => transaction(self::step(step).into_iter().chain(marks)),
    }
}

fn step(step: &Step) -> Vec<String> {
    let statements = step.statements().into_iter().map(str::to_owned);
    match step {
        Step::Rust { rust } => vec![format!("-- the function {rust} runs").replace('\n', " ")],
        Step::Verify { found, .. } => {
            let comment = format!("-- stops the migration where it counts any: {found}").replace('\n', " ");
            std::iter::once(comment).chain(statements).collect()
        }
        Step::Sql(_) | Step::Autocommit { .. } | Step::Drop { .. } | Step::Rebuild { .. } => statements.collect(),
    }
}
