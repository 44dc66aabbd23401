//! Encrypted connections, and who is believed to be the server.

use std::fs;
use std::path::{Path, PathBuf};

use fastdjango_core::backend::{Access, Connection};
use fastdjango_core::error::Result;
use fastdjango_core::field::Engine;
use fastdjango_core::settings::Database;
use fastdjango_tests::live;

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

/// A server that encrypts, with a database of its own, and settings to reach it so.
struct Encrypting {
    name: &'static str,
    place: live::Place,
}

impl Encrypting {
    /// Every server that encrypts; `SQLite` has nobody to speak to.
    async fn each() -> Vec<Self> {
        let mut servers = Vec::new();
        for server in live::servers() {
            let place = server.database().await;
            let query = match server.engine() {
                Engine::Sqlite => continue,
                Engine::Postgres => "SHOW ssl",
                Engine::Mysql | Engine::Mariadb => "SELECT IF(@@ssl_ca IS NULL, 'off', 'on')",
            };
            if place.texts(query).await[0][0] == "on" {
                servers.push(Self { name: server.name, place });
            } else {
                eprintln!("\nNOT RUN: {} does not encrypt\n", server.name);
            }
        }
        servers
    }

    fn with(&self, host: &str, mode: &str, ca: Option<&Path>) -> Database {
        let (host, sslmode, ca) = (Some(host.to_owned()), Some(mode.to_owned()), ca.map(Path::to_owned));
        Database { host, sslmode, ca, ..self.place.settings().clone() }
    }

    async fn assert_encrypted(&self, settings: &Database) {
        let cipher = cipher(settings).await.unwrap_or_else(|why| panic!("{}, {settings:?}: {why}", self.name));
        assert!(!cipher.is_empty(), "{}: {settings:?}", self.name);
    }
}

#[tokio::test]
async fn a_server_is_believed_by_its_certificate_alone() {
    let Some(ca) = authority() else { return };
    // A certificate that is in order, of somebody who does not vouch for the servers.
    let folder = tempfile::tempdir().expect("a folder");
    let (stranger, missing) = (folder.path().join("stranger.pem"), folder.path().join("missing.pem"));
    fs::copy(ca.with_file_name("client.pem"), &stranger).expect("a copy");
    for server in Encrypting::each().await {
        let here = "127.0.0.1";
        assert_eq!(cipher(&server.with(here, "disable", None)).await.expect("in the clear"), "");
        for mode in ["prefer", "require"] {
            server.assert_encrypted(&server.with(here, mode, None)).await;
        }
        for mode in ["verify-ca", "verify-full"] {
            server.assert_encrypted(&server.with(here, mode, Some(&ca))).await;
        }
        // The certificate is of the address: https://www.postgresql.org/docs/current/libpq-ssl.html
        server.assert_encrypted(&server.with("localhost", "verify-ca", Some(&ca))).await;
        let refused = [
            server.with("localhost", "verify-full", Some(&ca)),
            server.with(here, "verify-full", None),
            server.with(here, "verify-full", Some(&stranger)),
            server.with(here, "verify-ca", Some(&stranger)),
            server.with(here, "verify-full", Some(&missing)),
        ];
        for (number, settings) in refused.iter().enumerate() {
            let error = cipher(settings).await.expect_err("nobody vouches for it");
            let told = error.to_string();
            assert_eq!(error.code(), "E501", "{}, {number}: {told}", server.name);
            assert!(told.contains("certificate") || told.contains("`ca`"), "{}, {number}: {told}", server.name);
        }
    }
}

#[tokio::test]
async fn who_has_a_certificate_needs_no_password() {
    const NAME: &str = "fastdjango_certified";
    let Some(ca) = authority() else { return };
    for server in Encrypting::each().await {
        let create = match server.place.engine() {
            Engine::Postgres | Engine::Sqlite => format!("CREATE ROLE {NAME} LOGIN"),
            Engine::Mysql | Engine::Mariadb => format!(
                "CREATE USER {NAME}@'127.0.0.1' REQUIRE X509; GRANT ALL ON {}.* TO {NAME}@'127.0.0.1'",
                server.place.settings().name
            ),
        };
        server.place.execute(&create).await;
        let nobody = Database {
            user: Some(NAME.to_owned()),
            password: None,
            ..server.with("127.0.0.1", "verify-full", Some(&ca))
        };
        let told = cipher(&nobody).await.expect_err("no certificate").to_string();
        assert!(told.contains("error[E501]"), "{}: {told}", server.name);
        let file = |name: &str| Some(ca.with_file_name(name));
        let certified = Database { cert: file("client.pem"), key: file("client.key"), ..nobody };
        server.assert_encrypted(&certified).await;
        let lost = Database { key: file("missing.key"), ..certified };
        let told = cipher(&lost).await.expect_err("no such file").to_string();
        assert!(told.contains("error[E501]") && told.contains("`key`"), "{}: {told}", server.name);
    }
}
