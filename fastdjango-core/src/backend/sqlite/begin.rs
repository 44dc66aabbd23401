//! The migrators' lock: `SQLite`'s write lock, waited for on our side so that a signal ends the wait.
//!
//! <https://www.sqlite.org/lang_transaction.html#immediate>

use std::time::{Duration, Instant};

use super::fault::{Attempt, Failure, Fault};
use super::script::{BEGIN, COMMIT};
use super::session::Session;
use crate::backend::RunOptions;
use crate::backend::executor::random;
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
    insist(session, COMMIT, &RunOptions { interrupt: crate::backend::Interrupt::default(), ..options.clone() }, || ())
        .await
}

/// Rolls back where a transaction is open; closing the connection would do the same.
pub(super) async fn rollback(session: &mut Session) {
    let _ = session.execute("ROLLBACK").await;
}

async fn insist(session: &mut Session, sql: &str, options: &RunOptions, mut waiting: impl FnMut()) -> Attempt<()> {
    let started = Instant::now();
    let mut told = false;
    loop {
        let failure = match session.execute(sql).await {
            Ok(_) => return Ok(()),
            Err(failure) if failure.is_busy() => failure,
            Err(failure) => return Err(failure.into()),
        };
        if options.interrupt.requested() {
            let stopped = Diagnostic::error("E632", "stopped by a signal while another process held the database");
            return Err(Fault::of(ErrorKind::Interrupted, stopped));
        }
        if started.elapsed() >= options.wait {
            return Err(locked(options.wait, failure));
        }
        if !told {
            waiting();
            told = true;
        }
        let left = options.wait.saturating_sub(started.elapsed());
        tokio::time::sleep(pause().min(left)).await;
    }
}

/// Between 10 and 60 milliseconds, so that several waiting migrators do not knock at once.
fn pause() -> Duration {
    Duration::from_millis(10 + random() % 50)
}

fn locked(wait: Duration, failure: Failure) -> Box<Fault> {
    let message = format!("another process holds the database; waited {:.1} s", wait.as_secs_f64());
    let diagnostic =
        Diagnostic::error("E504", message).help("wait until the other process is done, or give a longer `--wait`");
    let mut fault = Fault::of(ErrorKind::Locked, diagnostic);
    fault.source = Some(failure.source);
    fault
}
