//! Exit codes: chosen here, at the edge, and nowhere else.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU8, Ordering};

use fastdjango_core::error::{Error, ErrorKind};

/// Done.
pub(crate) const DONE: u8 = 0;
/// Failed, or refused.
pub(crate) const FAILED: u8 = 1;
/// Wrong usage; clap's own.
pub(crate) const USAGE: u8 = 2;
/// An answer or a confirmation is needed, and nobody can be asked.
pub(crate) const UNANSWERED: u8 = 3;
/// `--check` found something.
pub(crate) const FOUND: u8 = 4;
/// The migrators' lock was not obtained.
pub(crate) const LOCKED: u8 = 5;
/// An operator is needed.
pub(crate) const UNKNOWN: u8 = 6;
/// Stopped by SIGINT.
pub(crate) const INTERRUPTED: u8 = 130;
/// Stopped by SIGTERM.
#[cfg(unix)]
pub(crate) const TERMINATED: u8 = 143;

/// The code of the signal that stopped the process, where one did.
static SIGNAL: AtomicU8 = AtomicU8::new(INTERRUPTED);

/// Remembers which signal came, by its exit code.
pub(crate) fn signalled(code: u8) {
    SIGNAL.store(code, Ordering::SeqCst);
}

/// The code of the signal that came.
pub(crate) fn signal() -> u8 {
    SIGNAL.load(Ordering::SeqCst)
}

/// The code of an error.
pub(crate) fn code(error: &Error) -> u8 {
    match error.kind() {
        ErrorKind::Unanswered => UNANSWERED,
        ErrorKind::Locked => LOCKED,
        ErrorKind::Unknown => UNKNOWN,
        ErrorKind::Interrupted => signal(),
        _ => FAILED,
    }
}

/// A number as the process ends with it.
pub(crate) fn exit(code: u8) -> ExitCode {
    ExitCode::from(code)
}
