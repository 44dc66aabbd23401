//! Databases for tests: a template, and copies of it.
//!
//! A session holds a lock under the name of what it makes. Where the lock is free, nobody is there any more, so that the next who comes
//! may take the database away. <https://www.postgresql.org/docs/current/manage-ag-templatedbs.html>

use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};

use super::failure::{message, sqlstate};
use super::options;
use super::session::query;
use crate::backend::names::{literal, quote};
use crate::backend::testing::{self, Lodging, TEST, Tenancy, is_ours};
use crate::backend::{Value, run_id};
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result};
use crate::name::stable_hash;
use crate::settings::{Database, Secret};

/// The database from which others are made and dropped: every server has it.
const ADMINISTRATION: &str = "postgres";

/// How long others may take to leave a database, or to make the template.
const PATIENCE: Duration = Duration::from_mins(1);

/// The code of a database that somebody is connected to.
const IN_USE: &str = "55006";

/// A copy of the template under a new name.
pub async fn lodge(database: &Database, template: &str) -> Result<Lodging> {
    let own = Database { name: format!("{TEST}{}", run_id()), ..database.clone() };
    let (name, its, template) = (own.name.clone(), own.clone(), template.to_owned());
    let made = async move { copy(&its, &template).await };
    let tenancy = Tenancy::new(made, async move |mut session| remove(&mut session, &name).await).await?;
    let url = Secret::new(options::options(&own).to_url_lossy().to_string());
    Ok(Lodging { tenancy, database: own, url })
}

async fn copy(own: &Database, template: &str) -> Result<PgConnection> {
    let mut session = connect(own).await?;
    sweep(&mut session).await?;
    lock(&mut session, &own.name).await?;
    let from = format!(" TEMPLATE {}", quote(template));
    insist(&mut session, None, &format!("CREATE DATABASE {}{from}{}", quote(&own.name), owner(own))).await?;
    Ok(session)
}

/// A template that is being made.
#[derive(Debug)]
pub struct Making {
    session: PgConnection,
    template: String,
    database: Database,
}

impl Making {
    /// Begins a template that is not there; none where it is. Whoever comes second waits for the first.
    ///
    /// The others of which the name begins alike are dropped: they are of migrations that are no more.
    pub async fn begin(database: &Database, template: &str, alike: &str) -> Result<Option<Self>> {
        let mut session = connect(database).await?;
        if is_there(&mut session, template).await? {
            return Ok(None);
        }
        lock(&mut session, alike).await?;
        if is_there(&mut session, template).await? {
            return Ok(None);
        }
        // Also one that was left half made.
        for former in begun_with(&mut session, alike).await? {
            remove(&mut session, &former).await?;
        }
        let database = Database { name: format!("{template}_new"), ..database.clone() };
        insist(&mut session, None, &format!("CREATE DATABASE {}{}", quote(&database.name), owner(&database))).await?;
        Ok(Some(Self { session, template: template.to_owned(), database }))
    }

    /// The database that is to be filled.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Gives it the template's name, which it has only from now on, where it is whole.
    pub async fn finish(mut self) -> Result<()> {
        let rename = format!("ALTER DATABASE {} RENAME TO {}", quote(&self.database.name), quote(&self.template));
        insist(&mut self.session, None, &rename).await
    }
}

async fn connect(database: &Database) -> Result<PgConnection> {
    let database = Database { name: ADMINISTRATION.to_owned(), ..database.clone() };
    options::options(&database).connect().await.map_err(refused)
}

fn owner(database: &Database) -> String {
    database.role.as_deref().map(|role| format!(" OWNER {}", quote(role))).unwrap_or_default()
}

/// Takes the lock of that name; it is the session's, and goes with it.
async fn lock(session: &mut PgConnection, name: &str) -> Result<()> {
    let started = Instant::now();
    while !try_lock(session, name).await? {
        if started.elapsed() > PATIENCE {
            let message = format!("another session has held `{name}` for {} seconds", PATIENCE.as_secs());
            let help = "it makes the template for the tests of this project: see what keeps it from that, or end it";
            return Err(Error::failed(Diagnostic::error("E660", message).help(help)));
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

async fn try_lock(session: &mut PgConnection, name: &str) -> Result<bool> {
    let found = ask(session, &format!("SELECT pg_catalog.pg_try_advisory_lock({})", key(name))).await?;
    Ok(found.first().and_then(Value::integer) == Some(1))
}

fn key(name: &str) -> i64 {
    stable_hash(name.as_bytes()).cast_signed()
}

/// Drops the databases of tests that nobody holds any more.
async fn sweep(session: &mut PgConnection) -> Result<()> {
    for name in begun_with(session, TEST).await? {
        if is_ours(&name) && try_lock(session, &name).await? {
            remove(session, &name).await?;
            run(session, &format!("SELECT pg_catalog.pg_advisory_unlock({})", key(&name))).await.map_err(refused)?;
        }
    }
    Ok(())
}

async fn is_there(session: &mut PgConnection, name: &str) -> Result<bool> {
    let sql = format!("SELECT 1 FROM pg_catalog.pg_database WHERE datname = {}", literal(name));
    Ok(!ask(session, &sql).await?.is_empty())
}

async fn begun_with(session: &mut PgConnection, beginning: &str) -> Result<Vec<String>> {
    let sql = format!(
        "SELECT datname::text FROM pg_catalog.pg_database WHERE pg_catalog.starts_with(datname::text, {}) ORDER BY datname",
        literal(beginning)
    );
    Ok(ask(session, &sql).await?.iter().filter_map(|name| name.text().map(str::to_owned)).collect())
}

async fn remove(session: &mut PgConnection, name: &str) -> Result<()> {
    let ends = format!(
        "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = {}",
        literal(name)
    );
    insist(session, Some(&ends), &format!("DROP DATABASE IF EXISTS {}", quote(name))).await
}

/// Runs a statement for which nobody may be connected, each time after the `first`: who has left is gone a moment later.
async fn insist(session: &mut PgConnection, first: Option<&str>, sql: &str) -> Result<()> {
    let started = Instant::now();
    loop {
        if let Some(first) = first {
            run(session, first).await.map_err(refused)?;
        }
        match run(session, sql).await {
            Ok(()) => return Ok(()),
            Err(source) if sqlstate(&source) == Some(IN_USE) && started.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Err(source) => return Err(refused(source)),
        }
    }
}

async fn run(session: &mut PgConnection, sql: &str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(session).await.map(|_| ())
}

/// The first column.
async fn ask(session: &mut PgConnection, sql: &str) -> Result<Vec<Value>> {
    let rows = query(session, sql).await.map_err(|failure| refused(failure.source))?;
    Ok(rows.into_iter().filter_map(|row| row.into_iter().next()).collect())
}

fn refused(source: sqlx::Error) -> Error {
    let help = match sqlstate(&source) {
        Some("42501") => "let the user make databases: `ALTER ROLE … CREATEDB`",
        Some("3D000") => "tests of other migrations took the template away: run this one again",
        _ => "see that the server of the default database in fastdjango.toml runs",
    };
    let message = message(&source);
    testing::refused(source, &message, help)
}
