//! Poolers before the server, and roles that migrations take on.

use std::path::Path;

use fastdjango_core::backend::{Access, Connection, Direction, script};
use fastdjango_core::error::Result;
use fastdjango_core::settings::{Database, Settings};
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;

use super::harness::{TestDb, each, options, settings, sql, unit};

/// A database behind `PgBouncer`, in whose own name it is called; said loudly where there is none.
async fn pooled() -> Option<(TestDb, Database)> {
    let (Ok(pool), Ok(server)) =
        (std::env::var("FASTDJANGO_TEST_PGBOUNCER_URL"), std::env::var("FASTDJANGO_TEST_POSTGRES_URL"))
    else {
        eprintln!("\nNOT RUN: no PgBouncer in FASTDJANGO_TEST_PGBOUNCER_URL; see tools/with-servers\n");
        return None;
    };
    let db = TestDb::new(&server).await;
    let pool = Database { name: db.settings.name.clone(), ..settings(&pool) };
    Some((db, pool))
}

async fn apply(settings: &Database) -> Result<()> {
    let steps = [sql("CREATE TABLE post (id int)")];
    let mut connection = Connection::open_postgres(settings, Access::Write).await?;
    connection.run(&unit("0001_a", &steps, Direction::Forward), &options(), &mut |_| ()).await?;
    connection.close().await
}

/// The default database of settings, as migrations connect to it.
fn of(text: &str) -> Database {
    let settings = Settings::parse(text, "fastdjango.toml", Path::new(""), &|_| None).expect("settings");
    settings.database("default").expect("a database").for_migrations().clone()
}

#[tokio::test]
async fn a_pool_of_transactions_is_named_and_the_migration_url_leads_past_it() {
    let Some((db, pool)) = pooled().await else { return };
    let told = apply(&pool).await.expect_err("the lock would be a stranger's");
    assert_eq!(told.code(), "E509", "{told}");
    assert!(told.to_string().contains("PgBouncer") && told.to_string().contains("migration_url"), "{told}");
    let locks = "SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database \
        WHERE locktype = 'advisory' AND datname = current_database()";
    assert_eq!(db.rows(locks).await, ["0"], "no lock is left");
    assert_eq!(db.rows("SELECT to_regclass('fastdjango_migrations') IS NULL").await, ["1"], "nothing was written");

    let url = |database: &Database| {
        let at = |part: Option<&String>| part.cloned().unwrap_or_default();
        let (user, host) = (at(database.user.as_ref()), at(database.host.as_ref()));
        format!("postgres://{user}@{host}:{}/{}?sslmode=disable", database.port.unwrap_or(5432), database.name)
    };
    let both = format!("[databases.default]\nurl = '{}'\nmigration_url = '{}'", url(&pool), url(&db.settings));
    apply(&of(&both)).await.expect("past the pool");
    assert_eq!(db.events().await, ["0001_a applied"]);
}

#[tokio::test]
async fn a_busy_pool_of_transactions_is_found_out_too() {
    let Some((_, pool)) = pooled().await else { return };
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let options = PgConnectOptions::new_without_pgpass().host("127.0.0.1").port(pool.port.expect("a port"));
        let options = options.username("application").database(&pool.name).extra_float_digits(None);
        clients.spawn(async move {
            let mut client = options.connect().await.expect("a client of the pool");
            for _ in 0..200 {
                sqlx::raw_sql("SELECT pg_sleep(0.001)").execute(&mut client).await.expect("an answer");
            }
        });
    }
    for _ in 0..5 {
        let told = apply(&pool).await.expect_err("a pool of transactions");
        assert_eq!(told.code(), "E509", "{told}");
    }
    clients.join_all().await;
}

#[tokio::test]
async fn a_pool_of_sessions_serves_like_the_server_itself() {
    let Some((db, pool)) = pooled().await else { return };
    db.execute("DROP DATABASE IF EXISTS fdj_sessions WITH (FORCE)").await;
    db.execute("CREATE DATABASE fdj_sessions TEMPLATE template0").await;
    let pool = Database { name: "sessions".to_owned(), ..pool };
    apply(&pool).await.expect("the session is its own");
    let behind = TestDb { settings: Database { name: "fdj_sessions".to_owned(), ..db.settings } };
    assert_eq!(behind.events().await, ["0001_a applied"]);
}

#[tokio::test]
async fn what_a_migration_makes_is_the_roles_own() {
    for db in each().await {
        let (owner, login) = (format!("{} \"Owner\"", db.settings.name), format!("{}_login", db.settings.name));
        let quoted = format!("\"{}\"", owner.replace('"', "\"\""));
        db.execute(&format!(
            "CREATE ROLE {quoted}; CREATE ROLE {login} LOGIN; CREATE SCHEMA shop AUTHORIZATION {quoted}; \
             ALTER ROLE {login} SET search_path = shop"
        ))
        .await;
        let in_role = |role: &str| Database { role: Some(role.to_owned()), ..db.as_user(&login).settings };
        let told = apply(&in_role(&owner)).await.expect_err("the role is not granted").to_string();
        assert!(told.contains("permission denied to set role") && told.contains("grant this user"), "{told}");
        let told = apply(&in_role("nobody there")).await.expect_err("there is no such role").to_string();
        assert!(told.contains("role \"nobody there\" does not exist"), "{told}");

        db.execute(&format!("GRANT {quoted} TO {login}")).await;
        let steps = [sql("RESET ROLE"), sql("CREATE TABLE mine (id int)")];
        let settings = in_role(&owner);
        apply(&settings).await.expect("the role makes tables in its schema");
        let owners = "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class \
            WHERE relnamespace = 'shop'::regnamespace AND relkind = 'r'";
        assert_eq!(db.rows(owners).await.join("|"), owner, "the table and the history");
        assert_eq!(script(&settings, &steps, true)[1], format!("SET ROLE {quoted}"));
    }
}
