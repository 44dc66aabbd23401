//! Encrypted connections: what the drivers of servers ask alike.

use std::io::ErrorKind;
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
    let is_encryption = match source {
        // A driver says only that some file is not there.
        sqlx::Error::Io(why) => why.kind() == ErrorKind::NotFound && lost_file(database).is_some(),
        sqlx::Error::Tls(_) => true,
        source => source.to_string().contains("certificate"),
    };
    let known = || "name the certificate of who vouches for the server in `ca`, or another `sslmode`".to_owned();
    let lost = |key| format!("the file that `{key}` names is not there: correct its path");
    is_encryption.then(|| lost_file(database).map_or_else(known, lost))
}

fn lost_file(database: &Database) -> Option<&'static str> {
    let files = [("ca", &database.ca), ("cert", &database.cert), ("key", &database.key)];
    let lost = |file: &Option<PathBuf>| file.as_ref().is_some_and(|file| !file.exists());
    files.into_iter().find(|(_, file)| lost(file)).map(|(key, _)| key)
}
