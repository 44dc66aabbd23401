//! The wait for what another process holds: on our side, so that a signal ends it.

use std::time::{Duration, Instant};

use super::executor::random;
use super::fault::{Attempt, Fault};
use super::{Interrupt, RunOptions};
use crate::diagnostic::Diagnostic;
use crate::error::ErrorKind;

/// A wait, from its beginning.
pub(super) struct Patience<'a> {
    options: &'a RunOptions,
    ends: fn(&Interrupt) -> bool,
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

impl<'a> Patience<'a> {
    pub(super) fn new(options: &'a RunOptions) -> Self {
        Self { options, ends: Interrupt::requested, started: Instant::now(), told: false }
    }

    /// The same, ended by another signal than the first.
    pub(super) fn until(self, ends: fn(&Interrupt) -> bool) -> Self {
        Self { ends, ..self }
    }

    /// How long it waits at most.
    pub(super) const fn most(&self) -> Duration {
        self.options.wait
    }

    /// Waits a moment before the next try; `waiting` is called the first time.
    pub(super) async fn wait(&mut self, mut waiting: impl FnMut()) -> Attempt<Waited> {
        if (self.ends)(&self.options.interrupt) {
            let stopped = Diagnostic::error("E632", "stopped by a signal while another process held the database");
            return Err(Fault::of(ErrorKind::Interrupted, stopped));
        }
        if self.started.elapsed() >= self.options.wait {
            return Ok(Waited::Over);
        }
        if !self.told {
            waiting();
            self.told = true;
        }
        let left = self.options.wait.saturating_sub(self.started.elapsed());
        tokio::time::sleep(pause().min(left)).await;
        Ok(Waited::Again)
    }
}

/// Between 10 and 60 milliseconds, so that several waiting migrators do not knock at once.
fn pause() -> Duration {
    Duration::from_millis(10 + random() % 50)
}
