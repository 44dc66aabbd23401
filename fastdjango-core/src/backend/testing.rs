//! The databases of tests: what a test connects with, and who holds a database on a server meanwhile.

pub use sqlx::{Database as Driver, Pool};

#[cfg(any(feature = "postgres", feature = "mysql"))]
use std::thread::{self, JoinHandle};

#[cfg(any(feature = "postgres", feature = "mysql"))]
use tokio::sync::oneshot;

use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result};
#[cfg(any(feature = "postgres", feature = "mysql"))]
use crate::settings::Database;
use crate::settings::Secret;

/// What the databases of tests are called on a server; sixteen digits follow.
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(super) const TEST: &str = "fastdjango_test_";

/// A database on a server that is there for one test.
#[cfg(any(feature = "postgres", feature = "mysql"))]
#[derive(Debug)]
pub struct Lodging {
    /// It goes when this is dropped.
    pub tenancy: Tenancy,
    /// Where it is.
    pub database: Database,
    /// The same as a URL.
    pub url: Secret,
}

/// Who holds a database on a server, for as long as this lives.
///
/// A thread does, with a runtime of its own: that of a test ends before its database can be dropped.
#[cfg(any(feature = "postgres", feature = "mysql"))]
#[derive(Debug)]
pub struct Tenancy {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[cfg(any(feature = "postgres", feature = "mysql"))]
impl Tenancy {
    /// Makes a database in a session that holds it from then on, and has it removed in the end.
    pub(super) async fn new<S: Send + 'static, R: Future<Output = Result<()>> + Send>(
        make: impl Future<Output = Result<S>> + Send + 'static,
        remove: impl FnOnce(S) -> R + Send + 'static,
    ) -> Result<Self> {
        let (ready, answer) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let work = async move {
            match make.await {
                Ok(session) => {
                    if ready.send(Ok(())).is_ok() {
                        let _ = stopped.await;
                    }
                    let _ = remove(session).await;
                }
                Err(error) => {
                    let _ = ready.send(Err(error));
                }
            }
        };
        let thread = thread::Builder::new().name("fastdjango-testing".to_owned()).spawn(|| block_on(work));
        let thread = thread.map_err(|error| Error::failed(no_thread(&error)).caused_by(error))?;
        let tenancy = Self { stop: Some(stop), thread: Some(thread) };
        answer.await.unwrap_or_else(|_| Err(Error::failed(no_thread(&"it ended"))))?;
        Ok(tenancy)
    }
}

#[cfg(any(feature = "postgres", feature = "mysql"))]
impl Drop for Tenancy {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(any(feature = "postgres", feature = "mysql"))]
fn block_on(work: impl Future<Output = ()>) {
    if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
        runtime.block_on(work);
    }
}

/// True for the name of a database that we made for a test.
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(super) fn is_ours(name: &str) -> bool {
    let digits = name.strip_prefix(TEST).unwrap_or_default();
    digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(any(feature = "postgres", feature = "mysql"))]
fn no_thread(why: &dyn std::fmt::Display) -> Diagnostic {
    let message = format!("no thread holds the database of the test: {why}");
    Diagnostic::error("E657", message).help("run fewer tests at once")
}

/// That a server made no database, with what it said.
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(super) fn refused(source: sqlx::Error, message: &str, help: &str) -> Error {
    let message = format!("the server made no database for a test: {message}");
    Error::failed(Diagnostic::error("E657", message).help(help)).caused_by(source)
}

/// A pool of connections to the database of the URL; refused where the driver is for another engine.
pub async fn pool<D: Driver>(url: &Secret) -> Result<Pool<D>> {
    let scheme = url.reveal().split(':').next().unwrap_or_default();
    if !D::URL_SCHEMES.contains(&scheme) {
        let message = format!("the database of the test is on {scheme}, and the pool is for {}", D::NAME);
        let help = "ask for the pool of its engine, or give the settings another default database";
        return Err(Error::invalid(Diagnostic::error("E659", message).help(help)));
    }
    Pool::connect(url.reveal()).await.map_err(|source| {
        let message = format!("the database of the test cannot be reached: {source}");
        Error::failed(Diagnostic::error("E659", message).help("see that its server runs")).caused_by(source)
    })
}
