//! Databases for tests: empty ones, since no server of this kind copies a database.
//!
//! A session holds a lock under the name of what it makes. Where the lock is free, nobody is there any more, so that the next who comes
//! may take the database away. <https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html>

use sqlx::{AssertSqlSafe, ConnectOptions, MySqlConnection};

use super::failure::{message, number};
use super::names::{literal, quote};
use super::options;
use super::session::query;
use crate::backend::testing::{self, Lodging, TEST, Tenancy, is_ours};
use crate::backend::{Value, run_id};
use crate::error::{Error, Result};
use crate::settings::{Database, Secret};

/// The database from which others are made and dropped: everybody may read it.
const ADMINISTRATION: &str = "information_schema";

/// A new database with nothing in it.
pub async fn lodge(database: &Database) -> Result<Lodging> {
    let own = Database { name: format!("{TEST}{}", run_id()), ..database.clone() };
    let (name, its) = (own.name.clone(), own.clone());
    let made = async move { make(&its).await };
    let tenancy = Tenancy::new(made, async move |mut session| remove(&mut session, &name).await).await?;
    let url = Secret::new(options::options(&own).to_url_lossy().to_string());
    Ok(Lodging { tenancy, database: own, url })
}

async fn make(own: &Database) -> Result<MySqlConnection> {
    let administration = Database { name: ADMINISTRATION.to_owned(), ..own.clone() };
    let mut session = options::options(&administration).connect().await.map_err(refused)?;
    // Where a test leaves a transaction open, its database is left to the next run.
    run(&mut session, "SET SESSION lock_wait_timeout = 5").await?;
    sweep(&mut session).await?;
    lock(&mut session, &own.name).await?;
    run(&mut session, &format!("CREATE DATABASE {}", quote(&own.name))).await?;
    Ok(session)
}

/// Drops the databases of tests that nobody holds any more.
async fn sweep(session: &mut MySqlConnection) -> Result<()> {
    let names = ask(session, "SELECT schema_name FROM information_schema.schemata ORDER BY schema_name").await?;
    for name in names.iter().filter_map(Value::text).filter(|name| is_ours(name)) {
        if lock(session, name).await? {
            remove(session, name).await?;
            ask(session, &format!("SELECT RELEASE_LOCK({})", literal(name))).await?;
        }
    }
    Ok(())
}

/// Takes the lock of that name, where nobody else has it; it is the session's, and goes with it.
async fn lock(session: &mut MySqlConnection, name: &str) -> Result<bool> {
    let found = ask(session, &format!("SELECT GET_LOCK({}, 0)", literal(name))).await?;
    Ok(found.first().and_then(Value::integer) == Some(1))
}

async fn remove(session: &mut MySqlConnection, name: &str) -> Result<()> {
    run(session, &format!("DROP DATABASE IF EXISTS {}", quote(name))).await
}

async fn run(session: &mut MySqlConnection, sql: &str) -> Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(session).await.map(|_| ()).map_err(refused)
}

/// The first column.
async fn ask(session: &mut MySqlConnection, sql: &str) -> Result<Vec<Value>> {
    let rows = query(session, sql).await.map_err(|failure| refused(failure.source))?;
    Ok(rows.into_iter().filter_map(|row| row.into_iter().next()).collect())
}

fn refused(source: sqlx::Error) -> Error {
    let help = match number(&source) {
        Some(1044 | 1045) => "let the user make databases: `GRANT ALL ON *.* TO …`",
        _ => "see that the server of the default database in fastdjango.toml runs",
    };
    let message = message(&source);
    testing::refused(source, &message, help)
}
