//! A second connection that looks after the statement which runs: who is in its way, and how to stop it.

use std::time::Duration;

use sqlx::{ConnectOptions, PgConnection};
use tokio::time::{Instant, sleep, timeout};

use super::lock::sessions;
use super::options;
use super::session::query;
use crate::backend::{Interrupt, RunOptions, Value};
use crate::settings::Database;

/// How often the interrupt is looked at.
const TICK: Duration = Duration::from_millis(50);

/// How often a statement is looked at that waits for a lock as long as it must.
const FOR_EVER: Duration = Duration::from_secs(2);

/// How long the second connection may take for its answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks after one session.
pub(super) struct Watch<'a> {
    database: &'a Database,
    /// The process of the session.
    pid: i64,
    interrupt: &'a Interrupt,
    /// Half of the time that a statement waits for a lock: so no wait ends unseen.
    interval: Duration,
    connection: Option<PgConnection>,
    /// The sessions that were seen in the way of the last statement that waited.
    pub(super) blockers: Vec<String>,
}

impl<'a> Watch<'a> {
    pub(super) fn new(database: &'a Database, pid: i64, options: &'a RunOptions) -> Self {
        let timeout = Some(options.lock_timeout).filter(|timeout| !timeout.is_zero());
        let interval = timeout.map_or(FOR_EVER, |timeout| (timeout / 2).max(TICK));
        Self { database, pid, interrupt: &options.interrupt, interval, connection: None, blockers: Vec::new() }
    }

    /// Waits for the work; after a second signal it is cancelled on the server.
    pub(super) async fn over<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        let mut look = Instant::now() + self.interval;
        let mut cancel = Instant::now();
        loop {
            let now = Instant::now();
            let chore = async {
                if self.interrupt.at_once() && now >= cancel {
                    cancel = now + Duration::from_secs(1);
                    self.cancel().await;
                } else if now >= look {
                    look = now + self.interval;
                    self.look().await;
                }
                sleep(TICK).await;
            };
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = chore => {}
            }
        }
    }

    /// Remembers who is in the way. <https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SESSION>
    async fn look(&mut self) {
        let pids = format!("SELECT unnest(pg_catalog.pg_blocking_pids({}))", self.pid);
        let seen = self.ask(&sessions(&pids)).await;
        if !seen.is_empty() {
            self.blockers = seen.iter().filter_map(|row| row.first()?.text().map(str::to_owned)).collect();
        }
    }

    async fn cancel(&mut self) {
        self.ask(&format!("SELECT pg_catalog.pg_cancel_backend({})", self.pid)).await;
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
