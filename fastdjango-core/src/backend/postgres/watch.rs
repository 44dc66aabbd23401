//! The second connection, beside the one that works.

use std::time::Duration;

use sqlx::{ConnectOptions, PgConnection};
use tokio::time::timeout;

use super::lock::sessions;
use super::options;
use super::session::query;
use crate::backend::Value;
use crate::backend::watch::Second;
use crate::settings::Database;

/// How long the second connection may take for its answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks after one session.
pub(super) struct Beside<'a> {
    database: &'a Database,
    /// The process of the session.
    pid: i64,
    connection: Option<PgConnection>,
}

impl<'a> Beside<'a> {
    pub(super) fn new(database: &'a Database, pid: i64) -> Self {
        Self { database, pid, connection: None }
    }

    /// Asks on the second connection; no answer where there is none to be had. A connection that did not answer is let go.
    async fn ask(&mut self, sql: &str) -> Vec<Vec<Value>> {
        let held = self.connection.take();
        let answer = async {
            let mut connection = match held {
                Some(connection) => connection,
                None => options::options(self.database).connect().await.ok()?,
            };
            let rows = query(&mut connection, sql).await.ok()?;
            Some((connection, rows))
        };
        let Ok(Some((connection, rows))) = timeout(PATIENCE, answer).await else { return Vec::new() };
        self.connection = Some(connection);
        rows
    }
}

impl Second for Beside<'_> {
    /// <https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SESSION>
    async fn blockers(&mut self) -> Vec<String> {
        let pids = format!("SELECT unnest(pg_catalog.pg_blocking_pids({}))", self.pid);
        let seen = self.ask(&sessions(&pids)).await;
        seen.iter().filter_map(|row| row.first()?.text().map(str::to_owned)).collect()
    }

    async fn cancel(&mut self) {
        self.ask(&format!("SELECT pg_catalog.pg_cancel_backend({})", self.pid)).await;
    }
}
