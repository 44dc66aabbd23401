//! Encrypted connections: what the drivers of servers ask alike.

use std::net::IpAddr;
use std::path::PathBuf;

use crate::settings::Database;

/// True for a socket's folder, and for an address of this machine: there is nobody in between.
pub(super) fn is_here(host: &str) -> bool {
    let is_loopback = |address: IpAddr| address.is_loopback();
    host.starts_with('/') || host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(is_loopback)
}

/// What to do where it is the encryption that failed, as far as that can be seen.
pub(super) fn help(database: &Database, source: &sqlx::Error) -> Option<String> {
    // A driver says only that some file is not there.
    if let Some(key) = lost_file(database) {
        return Some(format!("the file that `{key}` names is not there: correct its path"));
    }
    let is_encryption = matches!(source, sqlx::Error::Tls(_)) || source.to_string().contains("certificate");
    is_encryption.then(|| "name the certificate of who vouches for the server in `ca`, or another `sslmode`".to_owned())
}

fn lost_file(database: &Database) -> Option<&'static str> {
    let files = [("ca", &database.ca), ("cert", &database.cert), ("key", &database.key)];
    let lost = |file: &Option<PathBuf>| file.as_ref().is_some_and(|file| !file.exists());
    files.into_iter().find(|(_, file)| lost(file)).map(|(key, _)| key)
}
