//! The migrators' lock: `SQLite`'s write lock, waited for on our side so that a signal ends the wait.
//!
//! <https://www.sqlite.org/lang_transaction.html#immediate>

use std::time::Duration;

use super::failure::Failure;
use super::script::{BEGIN, COMMIT};
use super::session::Session;
use crate::backend::RunOptions;
use crate::backend::fault::{Attempt, Fault};
use crate::backend::patience::{Patience, Waited};
use crate::diagnostic::Diagnostic;
use crate::error::ErrorKind;

/// Takes the write lock; `waiting` is called once, where another process has it. The first signal ends the wait.
pub(super) async fn begin(session: &mut Session, options: &RunOptions, waiting: impl FnMut()) -> Attempt<()> {
    insist(session, BEGIN, options.wait, || options.interrupt.requested(), waiting).await
}

/// Commits; readers elsewhere can hold a commit up, and the transaction stays open meanwhile.
///
/// The first signal lets what is complete be written; the second ends the wait.
pub(super) async fn commit(session: &mut Session, options: &RunOptions) -> Attempt<()> {
    insist(session, COMMIT, options.wait, || options.interrupt.at_once(), || ()).await
}

/// Rolls back where a transaction is open; closing the connection would do the same.
pub(super) async fn rollback(session: &mut Session) {
    let _ = session.execute("ROLLBACK").await;
}

/// Waits on our side, not inside of `SQLite`, which hears no signal and knows no `--wait`.
async fn insist(
    session: &mut Session,
    sql: &str,
    wait: Duration,
    stopped: impl Fn() -> bool,
    mut waiting: impl FnMut(),
) -> Attempt<()> {
    let mut patience = Patience::new(wait);
    loop {
        let failure = match session.impatiently(sql).await {
            Ok(()) => return Ok(()),
            Err(failure) if failure.is_busy() => failure,
            Err(failure) => return Err(failure.into()),
        };
        if patience.wait(stopped(), &mut waiting).await? == Waited::Over {
            return Err(locked(wait, failure));
        }
    }
}

fn locked(wait: Duration, failure: Failure) -> Box<Fault> {
    let message = format!("another process holds the database; waited {:.1} s", wait.as_secs_f64());
    let diagnostic =
        Diagnostic::error("E504", message).help("wait until the other process is done, or give a longer `--wait`");
    Fault::of(ErrorKind::Locked, diagnostic).caused_by(failure.source)
}
