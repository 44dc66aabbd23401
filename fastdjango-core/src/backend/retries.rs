//! Work that is tried again where other sessions stand in its way.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Progress;
use super::executor::random;
use super::fault::{Attempt, Fault};
use super::job::Job;

/// How often a piece of work is tried.
const ATTEMPTS: u32 = 5;

/// How often a piece of work was tried.
#[derive(Default)]
pub(super) struct Retries(u32);

impl Retries {
    /// Waits before the next try, or says that there is none; `what` is what was tried, `blockers` what stood in its way.
    pub(super) async fn after(
        &mut self,
        job: &Job,
        fault: Box<Fault>,
        is_transient: bool,
        what: &str,
        blockers: &[String],
    ) -> Attempt<()> {
        if !is_transient {
            return Err(fault);
        }
        if job.once.load(Ordering::SeqCst) {
            return Err(begun(fault));
        }
        self.0 += 1;
        if self.0 == ATTEMPTS || job.interrupt().requested() {
            return Err(in_the_way(fault, self.0, what, blockers));
        }
        if self.0 == 1 {
            job.tell(Progress::Waiting);
        }
        tokio::time::sleep(pause(self.0)).await;
        Ok(())
    }
}

/// Longer each time, and never the same for two migrators or for a deadlock's two sides.
pub(super) fn pause(attempt: u32) -> Duration {
    Duration::from_millis(u64::from(attempt) * (50 + random() % 200))
}

fn begun(mut fault: Box<Fault>) -> Box<Fault> {
    let note = "it is not tried again: a function of the program's had begun, which may have done more than the database can undo";
    fault.diagnostic.notes.push(note.to_owned());
    let help = "run `migrate` again, or say `#[data_migration(retry_safe)]` where the function only changes rows";
    fault.diagnostic.helps.push(help.to_owned());
    fault
}

fn in_the_way(mut fault: Box<Fault>, attempts: u32, what: &str, blockers: &[String]) -> Box<Fault> {
    let times = if attempts == 1 { "once".to_owned() } else { format!("{attempts} times") };
    fault.diagnostic.notes.push(format!("{what} was tried {times}"));
    fault.diagnostic.notes.extend(blockers.iter().map(|session| format!("in the way: {session}")));
    let help = "end what these sessions do, or wait for it, then run `migrate` again";
    fault.diagnostic.helps.push(help.to_owned());
    fault
}
