//! Poolers: whether the session has a process of the server to itself.
//!
//! `PgBouncer` in transaction mode gives each transaction whichever process is free: <https://www.pgbouncer.org/features.html>.
//! What a session sets, and the lock that it holds, would then be those of a stranger.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection as _, PgConnection};
use tokio::time::timeout;

use super::session::{Session, query};
use crate::backend::fault::{Attempt, Fault};
use crate::diagnostic::Diagnostic;

/// How long the second connection may take: a pool of one process in session mode never gives it.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often both are asked: between two questions a busy pool may lend the process to others.
const ROUNDS: usize = 3;

/// How often a session is asked of which a setting is gone, and the time between: others shall have the chance to take its process.
const LOOKS: (usize, Duration) = (20, Duration::from_millis(10));

const PID: &str = "SELECT pg_catalog.pg_backend_pid()";

/// Refuses a session whose process is lent to a second one as well.
///
/// Where no second connection can be had nothing is known, and the lock's own check is what is left.
pub(super) async fn is_ours(session: &mut Session, options: &PgConnectOptions) -> Attempt<()> {
    let Ok(Ok(mut second)) = timeout(PATIENCE, options.connect()).await else { return Ok(()) };
    let mut shared = false;
    for _ in 0..ROUNDS {
        let pid = session.integer(PID).await?.unwrap_or(0);
        shared |= pid != session.pid || other(&mut second).await == Some(pid);
    }
    let _ = timeout(PATIENCE, second.close()).await;
    if shared { Err(self::shared()) } else { Ok(()) }
}

/// True where the process changes under the session: what was set is with another one.
pub(super) async fn wanders(session: &mut Session) -> Attempt<bool> {
    let (looks, between) = LOOKS;
    for _ in 0..looks {
        if session.integer(PID).await? != Some(session.pid) {
            return Ok(true);
        }
        tokio::time::sleep(between).await;
    }
    Ok(false)
}

async fn other(second: &mut PgConnection) -> Option<i64> {
    let rows = timeout(PATIENCE, query(second, PID)).await.ok()?.ok()?;
    rows.first()?.first()?.integer()
}

/// The refusal to work where the process changes.
pub(super) fn shared() -> Box<Fault> {
    let message = "the session has no process of the server to itself: a pooler stands before it that shares them, such as \
                   PgBouncer in transaction mode";
    let diagnostic = Diagnostic::error("E509", message).help(HELP);
    Fault::refusal(diagnostic)
}

/// What to do about a pooler.
pub(super) const HELP: &str =
    "say where the server itself is: `migration_url` in the database's settings is where migrations connect";
