//! The migrators' lock: `SQLite`'s write lock, waited for on our side so that a signal ends the wait.
//!
//! <https://www.sqlite.org/lang_transaction.html#immediate>

use std::time::Duration;

use super::failure::Failure;
use super::script::{BEGIN, COMMIT};
use super::session::Session;
use crate::backend::fault::{Attempt, Fault};
use crate::backend::patience::{Patience, Waited};
use crate::backend::{Interrupt, RunOptions};
use crate::diagnostic::Diagnostic;
use crate::error::ErrorKind;

/// Takes the write lock; `waiting` is called once, where another process has it.
pub(super) async fn begin(session: &mut Session, options: &RunOptions, waiting: impl FnMut()) -> Attempt<()> {
    session.patient(false).await?;
    insist(session, BEGIN, options, waiting).await?;
    session.patient(true).await
}

/// Commits; readers elsewhere can hold a commit up, and the transaction stays open meanwhile.
pub(super) async fn commit(session: &mut Session, options: &RunOptions) -> Attempt<()> {
    insist(session, COMMIT, &RunOptions { interrupt: Interrupt::default(), ..options.clone() }, || ()).await
}

/// Rolls back where a transaction is open; closing the connection would do the same.
pub(super) async fn rollback(session: &mut Session) {
    let _ = session.execute("ROLLBACK").await;
}

async fn insist(session: &mut Session, sql: &str, options: &RunOptions, mut waiting: impl FnMut()) -> Attempt<()> {
    let mut patience = Patience::new(options);
    loop {
        let failure = match session.execute(sql).await {
            Ok(_) => return Ok(()),
            Err(failure) if failure.is_busy() => failure,
            Err(failure) => return Err(failure.into()),
        };
        if patience.wait(&mut waiting).await? == Waited::Over {
            return Err(locked(options.wait, failure));
        }
    }
}

fn locked(wait: Duration, failure: Failure) -> Box<Fault> {
    let message = format!("another process holds the database; waited {:.1} s", wait.as_secs_f64());
    let diagnostic =
        Diagnostic::error("E504", message).help("wait until the other process is done, or give a longer `--wait`");
    Fault::of(ErrorKind::Locked, diagnostic).caused_by(failure.source)
}
