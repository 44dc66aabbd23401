//! The migrators' lock: a lock of the session by name, so that it lives exactly as long as what the session runs.
//!
//! <https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html>, <https://mariadb.com/kb/en/get_lock/>. Names are the
//! server's, not the database's, and end at 64 characters: so the name has the database in it, and a hash of the whole.

use std::time::Duration;

use super::names::literal;
use super::session::Session;
use crate::backend::fault::{Attempt, Fault};
use crate::backend::patience::{Patience, Waited};
use crate::backend::{RunOptions, TABLE};
use crate::diagnostic::Diagnostic;
use crate::error::ErrorKind;

/// How much of a database's name is in the lock's: 64 characters are a point, `fastdjango`, another, and 16 digits more.
const READABLE: usize = 36;

/// The lock of one history.
pub(super) struct Lock {
    /// The name, as a literal.
    name: String,
}

impl Lock {
    /// Takes the lock; `waiting` is called once, where another session has it.
    pub(super) async fn take(session: &mut Session, options: &RunOptions, mut waiting: impl FnMut()) -> Attempt<Self> {
        let database = session.texts("SELECT DATABASE()").await?.pop().unwrap_or_default();
        let lock = Self { name: literal(&name(&database)) };
        let mut patience = Patience::new(options.wait);
        let ask = format!("SELECT GET_LOCK({}, 0)", lock.name);
        while session.integer(&ask).await? != Some(1) {
            if patience.wait(options.interrupt.requested(), &mut waiting).await? == Waited::Over {
                return Err(lock.held(session, options.wait).await);
            }
        }
        Ok(lock)
    }

    /// Gives the lock back. Where that cannot be said, the session is at its end, and the lock with it.
    pub(super) async fn release(self, session: &mut Session) {
        let free = session.integer(&format!("SELECT RELEASE_LOCK({})", self.name)).await;
        session.broken |= !matches!(free, Ok(Some(1)));
    }

    /// Refuses where the lock is no longer held by the session: a proxy gave it another one, or a statement gave it back.
    pub(super) async fn is_ours(&self, session: &mut Session) -> Attempt<()> {
        let ours = format!("SELECT IS_USED_LOCK({}) = CONNECTION_ID()", self.name);
        if session.integer(&ours).await? == Some(1) {
            return Ok(());
        }
        let message = "the session does not hold the migrators' lock any more";
        let diagnostic = Diagnostic::error("E509", message)
            .note("a proxy stands before the server and shares sessions, or a statement of the migration gave the lock back")
            .help("connect to the server itself, and take `RELEASE_LOCK` and `RELEASE_ALL_LOCKS` out of the migration");
        Err(Fault::refusal(diagnostic))
    }

    async fn held(&self, session: &mut Session, wait: Duration) -> Box<Fault> {
        let message = format!("another process holds the database; waited {:.1} s", wait.as_secs_f64());
        let diagnostic =
            Diagnostic::error("E504", message).help("wait until the other process is done, or give a longer `--wait`");
        // Who holds it is worth a word, and no fault where it cannot be had.
        let holders = session.texts(&sessions(&format!("IS_USED_LOCK({})", self.name))).await.unwrap_or_default();
        let told = holders.into_iter().map(|holder| format!("the lock is held by {holder}"));
        Fault::of(ErrorKind::Locked, told.fold(diagnostic, Diagnostic::note))
    }
}

/// Describes sessions, whose numbers stand in a list: `session 17, user me at 10.0.0.1, Query for 3 s`.
pub(super) fn sessions(ids: &str) -> String {
    format!(
        "SELECT CONCAT('session ', p.id, ', user ', p.user, ' at ', p.host, ', ', p.command, ' for ', p.time, ' s') AS told \
         FROM information_schema.processlist AS p WHERE p.id IN ({ids}) ORDER BY p.id"
    )
}

/// A name that only this history of this database has. Where names of databases differ by case alone, they share a lock.
fn name(database: &str) -> String {
    let database = database.to_lowercase();
    let hash = blake3::hash(format!("{database}\0{TABLE}").as_bytes()).to_hex();
    let readable: String = database.chars().take(READABLE).collect();
    format!("fastdjango.{readable}.{}", &hash[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_fits_and_is_of_one_database() {
        let (one, two) = (name(&format!("{}a", "ä".repeat(63))), name(&format!("{}b", "ä".repeat(63))));
        assert_eq!(one.chars().count(), 64);
        assert_ne!(one, two);
        assert!(name("shop").starts_with("fastdjango.shop."));
    }
}
