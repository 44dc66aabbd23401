//! The second connection, beside the one that works.

use std::time::Duration;

use sqlx::{ConnectOptions, MySqlConnection};
use tokio::time::timeout;

use super::lock::sessions;
use super::options;
use super::session::query;
use crate::backend::Value;
use crate::backend::watch::Second;
use crate::field::Engine;
use crate::settings::Database;

/// How long the second connection may take for its answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks after one session.
pub(super) struct Beside<'a> {
    database: &'a Database,
    engine: Engine,
    /// The number of the session.
    id: i64,
    connection: Option<MySqlConnection>,
}

impl<'a> Beside<'a> {
    pub(super) fn new(database: &'a Database, engine: Engine, id: i64) -> Self {
        Self { database, engine, id, connection: None }
    }

    /// Asks on the second connection; no answer where there is none to be had. A connection that did not answer is let go.
    async fn ask(&mut self, sql: &str) -> Vec<Vec<Value>> {
        let held = self.connection.take();
        let answer = async {
            let mut connection = match held {
                Some(connection) => connection,
                None => options::options(self.database).connect().await.ok()?,
            };
            let rows = query(&mut connection, sql).await.ok();
            Some((connection, rows))
        };
        let Ok(Some((connection, rows))) = timeout(PATIENCE, answer).await else { return Vec::new() };
        self.connection = Some(connection);
        rows.unwrap_or_default()
    }

    /// Those that hold a table that the session waits for, and those that hold its rows.
    ///
    /// <https://dev.mysql.com/doc/refman/8.4/en/performance-schema-metadata-locks-table.html>,
    /// <https://dev.mysql.com/doc/refman/8.4/en/performance-schema-data-lock-waits-table.html>
    fn waits(&self) -> [String; 2] {
        let id = self.id;
        [
            format!(
                "SELECT h.processlist_id FROM performance_schema.metadata_locks AS w \
                 JOIN performance_schema.threads AS t ON t.thread_id = w.owner_thread_id AND t.processlist_id = {id} \
                 JOIN performance_schema.metadata_locks AS g ON g.object_type = w.object_type \
                 AND g.object_schema = w.object_schema AND g.object_name = w.object_name AND g.lock_status = 'GRANTED' \
                 JOIN performance_schema.threads AS h ON h.thread_id = g.owner_thread_id AND h.processlist_id <> {id} \
                 WHERE w.lock_status = 'PENDING'"
            ),
            format!(
                "SELECT b.processlist_id FROM performance_schema.data_lock_waits AS w \
                 JOIN performance_schema.threads AS t ON t.thread_id = w.requesting_thread_id AND t.processlist_id = {id} \
                 JOIN performance_schema.threads AS b ON b.thread_id = w.blocking_thread_id"
            ),
        ]
    }

    /// `MariaDB` does not say who holds a table without a plugin: whoever has a transaction open may.
    ///
    /// <https://mariadb.com/kb/en/information-schema-innodb_trx-table/>
    fn open_transactions(&self) -> [String; 1] {
        [format!(
            "SELECT trx_mysql_thread_id FROM information_schema.innodb_trx WHERE trx_mysql_thread_id NOT IN (0, {})",
            self.id
        )]
    }
}

impl Second for Beside<'_> {
    async fn blockers(&mut self) -> Vec<String> {
        let ids = match self.engine {
            Engine::Mariadb => self.open_transactions().to_vec(),
            Engine::Mysql | Engine::Sqlite | Engine::Postgres => self.waits().to_vec(),
        };
        let mut seen = Vec::new();
        for ids in ids {
            let rows = self.ask(&sessions(&ids)).await;
            seen.extend(rows.iter().filter_map(|row| row.first()?.text().map(str::to_owned)));
        }
        seen
    }

    async fn cancel(&mut self) {
        self.ask(&format!("KILL QUERY {}", self.id)).await;
    }
}
