//! What runs as text: what `sqlmigrate` prints, and the executor runs word by word.

use std::collections::BTreeSet;
use std::time::Duration;

use super::flight::Flight;
use crate::backend::RunOptions;
use crate::field::Engine;
use crate::migration::Step;

/// What every session relies on, in the words in which it is set and read back.
///
/// Without strictness a change of type would cut values off in silence, and without the mode about zero a row of that number
/// would get another one. Dates of zeros stay allowed, since a table that holds some must be able to change.
/// <https://dev.mysql.com/doc/refman/8.4/en/sql-mode.html>, <https://mariadb.com/kb/en/sql-mode/>
const SETTINGS: [(&str, &str); 13] = [
    ("sql_mode", "STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION"),
    ("time_zone", "+00:00"),
    ("character_set_client", "utf8mb4"),
    ("character_set_connection", "utf8mb4"),
    ("character_set_results", "utf8mb4"),
    ("default_storage_engine", "InnoDB"),
    ("foreign_key_checks", "1"),
    ("unique_checks", "1"),
    ("autocommit", "1"),
    ("completion_type", "NO_CHAIN"),
    ("sql_safe_updates", "0"),
    ("lock_wait_timeout", "3"),
    ("innodb_lock_wait_timeout", "3"),
];

/// Sets how texts travel.
const NAMES: &str = "SET NAMES utf8mb4";

/// Whether the server gives a column of moments a default of its own.
///
/// <https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_explicit_defaults_for_timestamp>
pub(super) const IMPLICIT_TIMESTAMPS: &str = "SELECT CONCAT(@@SESSION.explicit_defaults_for_timestamp)";

/// Turns that off, where it is on.
pub(super) const EXPLICIT_TIMESTAMPS: &str = "SET SESSION explicit_defaults_for_timestamp = 1";

/// The beginning.
pub(super) const BEGIN: &str = "START TRANSACTION";
/// The end.
pub(super) const COMMIT: &str = "COMMIT";

/// The settings of a session on one of the two.
pub(super) fn settings(engine: Engine) -> Vec<(&'static str, &'static str)> {
    let own: &[(&str, &str)] = match engine {
        Engine::Mariadb => &[("check_constraint_checks", "1"), ("max_statement_time", "0")],
        Engine::Mysql | Engine::Sqlite | Engine::Postgres => &[("max_execution_time", "0")],
    };
    SETTINGS.iter().chain(own).copied().collect()
}

/// Everything that a session sets before it works.
pub(super) fn prologue(engine: Engine) -> Vec<String> {
    let set =
        settings(engine).into_iter().filter(|(name, _)| !name.starts_with("character_set_")).map(|(name, value)| {
            if value.bytes().all(|byte| byte.is_ascii_digit()) {
                format!("{name} = {value}")
            } else {
                format!("{name} = '{value}'")
            }
        });
    vec![NAMES.to_owned(), format!("SET SESSION {}", set.collect::<Vec<_>>().join(", "))]
}

/// True where the server means the same: it orders words as it likes, and writes 1 as `ON` and 0 as `0.000000`.
pub(super) fn is_same(actual: &str, value: &str) -> bool {
    let words = |text: &str| text.split(',').map(meaning).collect::<BTreeSet<_>>();
    words(actual) == words(value)
}

fn meaning(word: &str) -> String {
    match word.to_uppercase().as_str() {
        "ON" => "1".to_owned(),
        "OFF" | "0.000000" => "0".to_owned(),
        other => other.to_owned(),
    }
}

/// How long a statement waits for what another session holds: in whole seconds, and never for ever.
pub(super) fn lock_timeout(timeout: Duration) -> String {
    let seconds = timeout.as_millis().div_ceil(1000).max(1);
    format!("SET SESSION lock_wait_timeout = {seconds}, innodb_lock_wait_timeout = {seconds}")
}

/// Everything that runs for the steps, in order; what depends on the live database is a comment.
pub(in crate::backend) fn script(engine: Engine, steps: &[Step]) -> Vec<String> {
    let mut lines = prologue(engine);
    lines.push("-- the migrators' lock is taken: GET_LOCK, until it is ours".to_owned());
    lines.push(lock_timeout(RunOptions::default().lock_timeout));
    let written = "-- the steps are written to the journal, and that they begin to the history".to_owned();
    lines.extend(transaction([written]));
    let event = "-- the event is written to the history".to_owned();
    if steps.is_empty() {
        lines.extend(transaction([event.clone()]));
    }
    for (place, text) in steps.iter().enumerate() {
        let mark = "-- the step is marked as done in the journal".to_owned();
        let marks = [mark].into_iter().chain((place + 1 == steps.len()).then(|| event.clone()));
        if Flight::of(text).is_alone() {
            lines.extend(step(text).into_iter().chain(transaction(marks)));
        } else {
            lines.extend(transaction(step(text).into_iter().chain(marks)));
        }
    }
    lines
}

fn transaction(lines: impl IntoIterator<Item = String>) -> Vec<String> {
    [BEGIN.to_owned()].into_iter().chain(lines).chain([COMMIT.to_owned()]).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_says_is_read_as_it_means_it() {
        assert!(is_same("NO_ENGINE_SUBSTITUTION,STRICT_ALL_TABLES", "STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION"));
        assert!(is_same("0.000000", "0") && is_same("ON", "1"));
        assert!(!is_same("STRICT_ALL_TABLES,ANSI_QUOTES", "STRICT_ALL_TABLES"));
        assert!(!is_same("1", "0"));
    }

    #[test]
    fn nobody_waits_for_ever() {
        let wait = |timeout| lock_timeout(timeout).rsplit_once(' ').map(|(_, seconds)| seconds.to_owned());
        assert_eq!(wait(Duration::ZERO).as_deref(), Some("1"));
        assert_eq!(wait(Duration::from_millis(1200)).as_deref(), Some("2"));
    }
}
