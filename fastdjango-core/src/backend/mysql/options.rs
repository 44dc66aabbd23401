//! From the settings to the driver's options.

use sqlx::ConnectOptions;
use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};

use crate::backend::tls::is_here;
use crate::settings::Database;

/// How to connect; what the settings leave open is as for `mysql`: this machine, port 3306, the name of the login.
///
/// The driver would change `sql_mode` and the time zone by itself: the prologue does that, in words that are printed.
///
/// What a data migration prepares stays so as long as the session, which is that of one migration: the word that a statement is done with
/// has no answer, and what is sent behind such a word waits for the server's acknowledgement of it, some 40 ms each time.
pub(super) fn options(database: &Database) -> MySqlConnectOptions {
    let mut options = MySqlConnectOptions::new()
        .database(&database.name)
        .pipes_as_concat(false)
        .no_engine_substitution(false)
        .timezone(None)
        .set_names(false)
        .statement_cache_capacity(500)
        .disable_statement_logging();
    let extra = |key: &str| database.options.get(key).map(String::as_str);
    let host = database.host.as_deref().or_else(|| extra("host")).unwrap_or("localhost");
    options = match socket(database) {
        // A certificate is never a file's.
        Some(socket) => options.host("localhost").socket(socket),
        None => options.host(host),
    };
    if let Some(port) = database.port {
        options = options.port(port);
    }
    if let Some(user) = database.user.clone().or_else(login) {
        options = options.username(&user);
    }
    if let Some(password) = &database.password {
        options = options.password(password.reveal());
    }
    if let Some(ca) = &database.ca {
        options = options.ssl_ca(ca);
    }
    if let Some(certificate) = &database.cert {
        options = options.ssl_client_cert(certificate);
    }
    if let Some(key) = &database.key {
        options = options.ssl_client_key(key);
    }
    let unsaid = match socket(database) {
        Some(_) => MySqlSslMode::Disabled,
        None if is_here(host) => MySqlSslMode::Preferred,
        None => MySqlSslMode::VerifyIdentity,
    };
    options.ssl_mode(ssl_mode(database, unsaid))
}

/// The file of a socket: a host that is a path, or what a URL names after its `?`.
fn socket(database: &Database) -> Option<&str> {
    let named = ["socket", "unix_socket"].iter().find_map(|key| database.options.get(*key));
    named.or(database.host.as_ref().filter(|host| host.starts_with('/'))).map(String::as_str)
}

fn login() -> Option<String> {
    std::env::var("USER").ok().filter(|name| !name.is_empty())
}

/// Away from this machine nobody listens in and nobody pretends to be the server, unless the settings say otherwise.
///
/// A word that is none is refused with the settings. <https://dev.mysql.com/doc/refman/8.4/en/connection-options.html#option_general_ssl-mode>
fn ssl_mode(database: &Database, unsaid: MySqlSslMode) -> MySqlSslMode {
    let word = database.sslmode.as_ref().map(|word| word.to_lowercase().replace('_', "-"));
    match word.as_deref() {
        Some("disable" | "disabled" | "allow") => MySqlSslMode::Disabled,
        Some("prefer" | "preferred") => MySqlSslMode::Preferred,
        // Who names a certificate wants it checked.
        Some("require" | "required") if database.ca.is_some() => MySqlSslMode::VerifyCa,
        Some("require" | "required") => MySqlSslMode::Required,
        Some("verify-ca") => MySqlSslMode::VerifyCa,
        Some(_) => MySqlSslMode::VerifyIdentity,
        None => unsaid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Engine;

    fn mode(host: &str, sslmode: Option<&str>, ca: Option<&str>) -> String {
        let mut database = Database::new(Engine::Mysql, "blog");
        database.host = Some(host.to_owned());
        database.sslmode = sslmode.map(str::to_owned);
        database.ca = ca.map(Into::into);
        format!("{:?}", options(&database).get_ssl_mode())
    }

    #[test]
    fn a_server_elsewhere_is_verified() {
        assert_eq!(mode("db.example.com", None, None), "VerifyIdentity");
        assert_eq!(mode("10.0.0.1", None, None), "VerifyIdentity");
        for here in ["localhost", "127.0.0.1", "::1"] {
            assert_eq!(mode(here, None, None), "Preferred", "{here}");
        }
        assert_eq!(mode("/run/mysqld/mysqld.sock", None, None), "Disabled");
        assert_eq!(mode("db.example.com", Some("REQUIRED"), None), "Required");
        assert_eq!(mode("db.example.com", Some("require"), Some("ca.pem")), "VerifyCa");
        assert_eq!(mode("db.example.com", Some("VERIFY_CA"), None), "VerifyCa");
        assert_eq!(mode("db.example.com", Some("disabled"), None), "Disabled");
    }

    #[test]
    fn a_socket_is_a_host_or_an_option() {
        let mut database = Database::new(Engine::Mariadb, "blog");
        database.host = Some("/run/mysqld.sock".to_owned());
        let path = |database: &Database| options(database).get_socket().map(|path| path.display().to_string());
        assert_eq!(path(&database).as_deref(), Some("/run/mysqld.sock"));
        database.options.insert("socket".to_owned(), "/other.sock".to_owned());
        assert_eq!(path(&database).as_deref(), Some("/other.sock"));
    }
}
