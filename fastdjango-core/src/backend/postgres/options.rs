//! From the settings to the driver's options.

use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::backend::names::quote;
use crate::backend::tls::is_here;
use crate::settings::Database;

/// How the sessions call themselves in `pg_stat_activity`.
pub(super) const APPLICATION: &str = "fastdjango";

/// How to connect; what the settings leave open is as for `psql`: `PGHOST`, `PGPORT`, `PGUSER`, `PGPASSWORD`.
///
/// <https://www.postgresql.org/docs/current/libpq-envars.html>
pub(super) fn options(database: &Database) -> PgConnectOptions {
    let mut options = PgConnectOptions::new_without_pgpass()
        .database(&database.name)
        .application_name(APPLICATION)
        // Exact is the default since 12, and a pooler that does not know the parameter refuses the connection.
        .extra_float_digits(None)
        .statement_cache_capacity(0)
        .disable_statement_logging();
    let extra = |key: &str| database.options.get(key).map(String::as_str);
    if let Some(host) = database.host.as_deref().or_else(|| extra("host")) {
        options = options.host(host);
    }
    if let Some(port) = database.port {
        options = options.port(port);
    }
    if let Some(user) = &database.user {
        options = options.username(user);
    }
    if let Some(password) = &database.password {
        options = options.password(password.reveal());
    }
    if let Some(ca) = &database.ca {
        options = options.ssl_root_cert(ca);
    }
    if let Some(certificate) = &database.cert {
        options = options.ssl_client_cert(certificate);
    }
    if let Some(key) = &database.key {
        options = options.ssl_client_key(key);
    }
    if let Some(settings) = extra("options") {
        options = options.options(parameters(settings));
    }
    let mode = ssl_mode(database, options.get_host());
    options.ssl_mode(mode)
}

/// The search path of a database that is a schema: the schema alone, unless `options` of its URL name others behind it.
///
/// With `public` on it by itself, a statement on a table that the schema lacks would meet that of all others.
pub(super) fn search_path(database: &Database) -> Option<String> {
    let own = quote(database.schema.as_deref()?);
    let options = database.options.get("options").map_or("", String::as_str);
    let others = parameters(options).into_iter().filter(|(name, _)| *name == "search_path").map(|(_, path)| path);
    Some([own.as_str()].into_iter().chain(others).collect::<Vec<_>>().join(", "))
}

/// What `?options=-c search_path=shop` sets for the session.
///
/// <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-OPTIONS>
fn parameters(options: &str) -> Vec<(&str, &str)> {
    let words = options.split_whitespace().filter_map(|word| {
        let word = word.strip_prefix("--").or_else(|| word.strip_prefix("-c")).unwrap_or(word);
        word.split_once('=')
    });
    words.collect()
}

/// Away from this machine nobody listens in and nobody pretends to be the server, unless the settings say otherwise.
fn ssl_mode(database: &Database, host: &str) -> PgSslMode {
    match database.sslmode.as_deref() {
        Some("disable" | "allow") => PgSslMode::Disable,
        Some("prefer") => PgSslMode::Prefer,
        // As for psql: who names a certificate wants it checked. https://www.postgresql.org/docs/current/libpq-ssl.html
        Some("require") if database.ca.is_some() => PgSslMode::VerifyCa,
        Some("require") => PgSslMode::Require,
        Some("verify-ca") => PgSslMode::VerifyCa,
        None if is_here(host) => PgSslMode::Prefer,
        Some(_) | None => PgSslMode::VerifyFull,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Engine;

    fn mode(host: &str, sslmode: Option<&str>, ca: Option<&str>) -> String {
        let mut database = Database::new(Engine::Postgres, "blog");
        database.host = Some(host.to_owned());
        database.sslmode = sslmode.map(str::to_owned);
        database.ca = ca.map(Into::into);
        format!("{:?}", options(&database).get_ssl_mode())
    }

    #[test]
    fn the_session_is_set_as_psql_sets_it() {
        let want = [("search_path", "shop"), ("work_mem", "1MB"), ("role", "me")];
        assert_eq!(parameters("-c search_path=shop -cwork_mem=1MB --role=me"), want);
    }

    #[test]
    fn a_schema_stands_alone_unless_others_are_named() {
        let mut database = Database::new(Engine::Postgres, "blog");
        assert_eq!(search_path(&database), None);
        database.schema = Some("a\"b".to_owned());
        assert_eq!(search_path(&database).as_deref(), Some("\"a\"\"b\""));
        database.options.insert("options".to_owned(), "-c search_path=extensions,public".to_owned());
        assert_eq!(search_path(&database).as_deref(), Some("\"a\"\"b\", extensions,public"));
    }

    #[test]
    fn a_server_elsewhere_is_verified() {
        assert_eq!(mode("db.example.com", None, None), "VerifyFull");
        assert_eq!(mode("10.0.0.1", None, None), "VerifyFull");
        for here in ["localhost", "127.0.0.1", "::1", "/var/run/postgresql"] {
            assert_eq!(mode(here, None, None), "Prefer", "{here}");
        }
        assert_eq!(mode("db.example.com", Some("require"), None), "Require");
        assert_eq!(mode("db.example.com", Some("require"), Some("ca.pem")), "VerifyCa");
        assert_eq!(mode("db.example.com", Some("disable"), None), "Disable");
    }
}
