//! Encrypted connections, and who is believed to be the server.

use std::fs;
use std::path::PathBuf;

use fastdjango_core::backend::{Access, Connection};
use fastdjango_core::error::Result;
use fastdjango_core::field::Engine;
use fastdjango_core::settings::Database;
use fastdjango_tests::live::{self, Server};

/// The certificate of who vouches for the servers; said loudly where there is none.
fn authority() -> Option<PathBuf> {
    let found = std::env::var_os("FASTDJANGO_TEST_CA").map(PathBuf::from);
    if found.is_none() {
        eprintln!("\nNOT RUN: no FASTDJANGO_TEST_CA; see tools/with-servers\n");
    }
    found
}

/// The cipher of a connection; empty in the clear.
async fn cipher(settings: &Database) -> Result<String> {
    let (mut connection, query) = match settings.engine {
        Engine::Postgres => (
            Connection::open_postgres(settings, Access::Write).await?,
            "SELECT coalesce(cipher, '') FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
        ),
        Engine::Mysql | Engine::Mariadb | Engine::Sqlite => {
            (Connection::open_mysql(settings, Access::Write).await?, "SHOW STATUS LIKE 'Ssl_cipher'")
        }
    };
    let rows = connection.query(query).await?;
    connection.close().await?;
    Ok(rows[0].last().and_then(|value| value.text()).unwrap_or_default().to_owned())
}

/// True where the server was built with TLS and has our certificate.
async fn encrypts(server: &Server) -> bool {
    let place = server.database().await;
    let query = match server.engine() {
        Engine::Sqlite => return false,
        Engine::Postgres => "SHOW ssl",
        Engine::Mysql | Engine::Mariadb => "SELECT IF(@@ssl_ca IS NULL, 'off', 'on')",
    };
    let says = place.texts(query).await;
    let encrypts = says[0][0] == "on";
    if !encrypts {
        eprintln!("\nNOT RUN: {} does not encrypt\n", server.name);
    }
    encrypts
}

#[tokio::test]
async fn a_server_is_believed_by_its_certificate_alone() {
    let Some(ca) = authority() else { return };
    // A certificate that is in order, of somebody who does not vouch for the servers.
    let folder = tempfile::tempdir().expect("a folder");
    let stranger = folder.path().join("stranger.pem");
    fs::copy(ca.with_file_name("server.pem"), &stranger).expect("a copy");
    let mut tried = Vec::new();
    for server in live::servers() {
        if !encrypts(&server).await {
            continue;
        }
        let place = server.database().await;
        let with = |host: &str, mode: &str, ca: Option<&PathBuf>| Database {
            host: Some(host.to_owned()),
            sslmode: Some(mode.to_owned()),
            ca: ca.cloned(),
            ..place.settings().clone()
        };
        assert_eq!(cipher(&with("127.0.0.1", "disable", None)).await.expect("in the clear"), "");
        for mode in ["prefer", "require"] {
            let cipher = cipher(&with("127.0.0.1", mode, None)).await.expect("encrypted");
            assert!(!cipher.is_empty(), "{}: {mode}", server.name);
        }
        for mode in ["verify-ca", "verify-full"] {
            let cipher = cipher(&with("127.0.0.1", mode, Some(&ca))).await.expect("vouched for");
            assert!(!cipher.is_empty(), "{}: {mode}", server.name);
        }
        // The certificate is of the address: https://www.postgresql.org/docs/current/libpq-ssl.html
        let cipher_elsewhere = cipher(&with("localhost", "verify-ca", Some(&ca))).await.expect("whatever its name");
        assert!(!cipher_elsewhere.is_empty(), "{}", server.name);
        let refused = [
            with("localhost", "verify-full", Some(&ca)),
            with("127.0.0.1", "verify-full", None),
            with("127.0.0.1", "verify-full", Some(&stranger)),
            with("127.0.0.1", "verify-ca", Some(&stranger)),
            with("127.0.0.1", "verify-full", Some(&folder.path().join("missing.pem"))),
        ];
        for (number, settings) in refused.iter().enumerate() {
            let error = cipher(settings).await.expect_err("nobody vouches for it");
            let told = error.to_string();
            assert_eq!(error.code(), "E501", "{}, {number}: {told}", server.name);
            assert!(told.contains("certificate") || told.contains("`ca`"), "{}, {number}: {told}", server.name);
        }
        tried.push(server.name);
    }
    eprintln!("encrypted: {tried:?}");
}
