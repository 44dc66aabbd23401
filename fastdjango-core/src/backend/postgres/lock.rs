//! The migrators' lock: an advisory lock of the session, so that it lives exactly as long as what the session runs.
//!
//! <https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS>. It is asked for again and again, each time
//! in a transaction of its own: waiting inside `pg_advisory_lock` would hold a snapshot, and `CREATE INDEX CONCURRENTLY`
//! waits for every snapshot.

use std::time::Duration;

use super::session::Session;
use super::{history, pooler};
use crate::backend::RunOptions;
use crate::backend::fault::{Attempt, Fault};
use crate::backend::patience::{Patience, Waited};
use crate::diagnostic::Diagnostic;
use crate::error::ErrorKind;

/// The lock of one history.
pub(super) struct Lock {
    key: i64,
}

impl Lock {
    /// Takes the lock; `waiting` is called once, where another session has it.
    pub(super) async fn take(session: &mut Session, options: &RunOptions, mut waiting: impl FnMut()) -> Attempt<Self> {
        let lock = Self { key: key(session).await? };
        let mut patience = Patience::new(options.wait);
        let ask = format!("SELECT pg_catalog.pg_try_advisory_lock({})", lock.key);
        while session.integer(&ask).await? != Some(1) {
            if patience.wait(options.interrupt.requested(), &mut waiting).await? == Waited::Over {
                return Err(lock.held(session, options.wait).await);
            }
        }
        Ok(lock)
    }

    /// Gives the lock back. Where that cannot be said, the session is at its end, and the lock with it.
    pub(super) async fn release(self, session: &mut Session) {
        let free = session.integer(&format!("SELECT pg_catalog.pg_advisory_unlock({})", self.key)).await;
        session.broken = !matches!(free, Ok(Some(1)));
    }

    /// Refuses where the statements of the session do not all reach the process that holds the lock.
    pub(super) async fn is_ours(&self, session: &mut Session) -> Attempt<()> {
        let ours = format!("SELECT count(*) FROM ({}) holder WHERE pid = pg_catalog.pg_backend_pid()", self.holders());
        if session.integer(&ours).await? == Some(1) {
            return Ok(());
        }
        Err(pooler::shared())
    }

    /// A key of 64 bits stands in two halves. <https://www.postgresql.org/docs/current/view-pg-locks.html>
    fn holders(&self) -> String {
        let bits = self.key.cast_unsigned();
        format!(
            "SELECT pid FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 \
             AND classid = {} AND objid = {} \
             AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())",
            bits >> 32,
            bits & 0xffff_ffff
        )
    }

    async fn held(&self, session: &mut Session, wait: Duration) -> Box<Fault> {
        let message = format!("another process holds the database; waited {:.1} s", wait.as_secs_f64());
        let diagnostic =
            Diagnostic::error("E504", message).help("wait until the other process is done, or give a longer `--wait`");
        // Who holds it is worth a word, and no fault where it cannot be had.
        let holders = session.texts(&sessions(&self.holders())).await.unwrap_or_default();
        let told = holders.into_iter().map(|holder| format!("the lock is held by {holder}"));
        Fault::of(ErrorKind::Locked, told.fold(diagnostic, Diagnostic::note))
    }
}

/// Describes sessions, whose processes a query gives: `process 4711 (fastdjango), user me, active since …`.
pub(super) fn sessions(pids: &str) -> String {
    format!(
        "SELECT pg_catalog.format('process %s (%s), user %s, %s since %s', pid, \
         CASE application_name WHEN '' THEN 'no application name' ELSE application_name END, coalesce(usename, '?'), \
         coalesce(state, 'active'), pg_catalog.date_trunc('second', coalesce(state_change, backend_start))) \
         FROM pg_catalog.pg_stat_activity WHERE pid IN ({pids}) ORDER BY pid"
    )
}

/// A number that only this history of this database has.
async fn key(session: &mut Session) -> Attempt<i64> {
    let table = history::table(session).await?;
    let database = session.texts("SELECT pg_catalog.current_database()").await?.pop().unwrap_or_default();
    let hash = blake3::hash(format!("{database}\0{table}").as_bytes());
    Ok(hash.as_bytes().first_chunk().copied().map_or(0, i64::from_be_bytes))
}
