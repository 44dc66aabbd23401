//! The words for how a connection is encrypted.

use super::Database;
use crate::diagnostic::Diagnostic;
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

/// Refuses a certificate of ours without its key, or a key alone.
pub(super) fn pair(database: &Database, what: &str) -> Option<Diagnostic> {
    let message = match (&database.cert, &database.key) {
        (Some(_), None) => "our certificate, and not its private key",
        (None, Some(_)) => "our private key, and not its certificate",
        (Some(_), Some(_)) | (None, None) => return None,
    };
    let fault = Diagnostic::error("E404", format!("{what} names {message}"));
    Some(fault.help("name both: `cert` and `key` in the settings, `sslcert` and `sslkey` in a URL"))
}

/// `VERIFY_CA` and `verify-ca` are one.
fn same(one: &str, other: &str) -> bool {
    one.replace('_', "-").eq_ignore_ascii_case(&other.replace('_', "-"))
}
