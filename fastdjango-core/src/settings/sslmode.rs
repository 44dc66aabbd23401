//! The words for how a connection is encrypted.

use crate::field::Engine;
use crate::source::nearest;

const POSTGRES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];
const MYSQL: [&str; 5] = ["DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"];

/// Says what to write where a word of `sslmode` is none of the engine's; `MySQL` is also told in the words of `PostgreSQL`.
///
/// <https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION>,
/// <https://dev.mysql.com/doc/refman/8.4/en/connection-options.html#option_general_ssl-mode>
pub(super) fn fault(engine: Engine, word: &str) -> Option<String> {
    let is_postgres = POSTGRES.contains(&word);
    let (words, is_known): (&[&str], bool) = match engine {
        Engine::Sqlite => return None,
        Engine::Postgres => (&POSTGRES, is_postgres),
        Engine::Mysql | Engine::Mariadb => (&MYSQL, is_postgres || MYSQL.iter().any(|known| same(known, word))),
    };
    let near = || nearest(word, words.iter().copied());
    let help = || near().map_or_else(|| format!("one of {}", words.join(", ")), |near| format!("write `{near}`"));
    (!is_known).then(help)
}

/// `VERIFY_CA` and `verify-ca` are one.
fn same(one: &str, other: &str) -> bool {
    one.replace('_', "-").eq_ignore_ascii_case(&other.replace('_', "-"))
}
