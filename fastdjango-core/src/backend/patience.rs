//! The wait for what another process holds: on our side, so that a signal ends it.

use std::time::{Duration, Instant};

use super::executor::random;
use super::fault::{Attempt, Fault};
use crate::diagnostic::Diagnostic;
use crate::error::ErrorKind;

/// A wait, from its beginning.
pub(super) struct Patience {
    wait: Duration,
    started: Instant,
    told: bool,
}

/// What a wait came to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Waited {
    /// Knock again.
    Again,
    /// The time is over.
    Over,
}

impl Patience {
    pub(super) fn new(wait: Duration) -> Self {
        Self { wait, started: Instant::now(), told: false }
    }

    /// Waits a moment before the next try, unless a signal stopped it; `waiting` is called the first time.
    pub(super) async fn wait(&mut self, stopped: bool, mut waiting: impl FnMut()) -> Attempt<Waited> {
        if stopped {
            let stopped = Diagnostic::error("E632", "stopped by a signal while another process held the database");
            return Err(Fault::of(ErrorKind::Interrupted, stopped));
        }
        if self.started.elapsed() >= self.wait {
            return Ok(Waited::Over);
        }
        if !self.told {
            waiting();
            self.told = true;
        }
        tokio::time::sleep(pause()).await;
        Ok(Waited::Again)
    }
}

/// Between 10 and 60 milliseconds, so that several waiting migrators do not knock at once.
fn pause() -> Duration {
    Duration::from_millis(10 + random() % 50)
}
