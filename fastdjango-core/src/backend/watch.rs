//! Looks after the statement that runs: who is in its way, and how to stop it.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Interrupt, RunOptions};

/// How often the interrupt is looked at.
const TICK: Duration = Duration::from_millis(50);

/// How often a statement is looked at that waits for a lock as long as it must.
const FOR_EVER: Duration = Duration::from_secs(2);

/// A second connection, beside the one that works.
pub(super) trait Second: Send {
    /// The sessions that are in the way now.
    fn blockers(&mut self) -> impl Future<Output = Vec<String>> + Send;

    /// Stops the statement that runs.
    fn cancel(&mut self) -> impl Future<Output = ()> + Send;
}

/// Looks after one session.
pub(super) struct Watch<'a, S> {
    second: S,
    interrupt: &'a Interrupt,
    /// Half of the time that a statement waits for a lock: so no wait ends unseen.
    interval: Duration,
    /// The sessions that were seen in the way of the last statement that waited.
    pub(super) blockers: Vec<String>,
}

impl<'a, S: Second> Watch<'a, S> {
    pub(super) fn new(second: S, options: &'a RunOptions) -> Self {
        let timeout = Some(options.lock_timeout).filter(|timeout| !timeout.is_zero());
        let interval = timeout.map_or(FOR_EVER, |timeout| (timeout / 2).max(TICK));
        Self { second, interrupt: &options.interrupt, interval, blockers: Vec::new() }
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
                    self.second.cancel().await;
                } else if now >= look {
                    look = now + self.interval;
                    let seen = self.second.blockers().await;
                    if !seen.is_empty() {
                        self.blockers = seen;
                    }
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
}
