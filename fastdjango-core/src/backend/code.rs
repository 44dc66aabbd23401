//! Steps of Rust: a function of the program's, within the transaction that is open.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;

use super::fault::{Attempt, Fault};
use super::job::Job;
use super::statement::meaningful;
use crate::data::{Data, DataMigration, Failure, Moment, Reply, Running, Selected, Session};
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::model::Value;

/// The first words of what a function may run: statements about rows.
const ROWS: [&str; 8] = ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "VALUES"];

/// A function that a step names, and the place of the history that it finds.
#[derive(Clone, Debug)]
pub struct Function {
    /// The function.
    pub migration: &'static DataMigration,
    /// The state before its operation.
    pub moment: Moment,
}

impl PartialEq for Function {
    /// An id is one function of the program.
    fn eq(&self, other: &Self) -> bool {
        self.migration.id == other.migration.id && self.moment == other.moment
    }
}

impl Eq for Function {}

/// A transaction in which statements with values run.
pub(super) trait Bound: Send {
    fn dialect(&self) -> &dyn Dialect;

    /// As [`Session::parameter`].
    fn parameter(&self, number: usize, declared: &str, value: &Value) -> Attempt<(String, Value)>;

    /// What a statement says to this database, its comments apart; refused where no migration of this database may run it.
    fn guarded(&self, sql: &str) -> Attempt<String>;

    /// Refuses where the transaction is no longer the one that was begun.
    fn is_open(&mut self) -> impl Future<Output = Attempt<()>> + Send;

    fn execute(&mut self, sql: &str, values: &[Value]) -> impl Future<Output = Attempt<u64>> + Send;

    /// As [`Session::insert`].
    fn insert(
        &mut self,
        sql: &str,
        values: &[Value],
        auto: Option<&str>,
    ) -> impl Future<Output = Attempt<Option<i64>>> + Send;

    fn query(&mut self, sql: &str, values: &[Value]) -> impl Future<Output = Attempt<Vec<Selected>>> + Send;
}

/// Runs the function of an id to its end; returns how many rows it wrote.
pub(super) async fn run(job: &Job, id: &str, transaction: impl Bound) -> Attempt<Option<u64>> {
    let function = job.function(id)?;
    let mut guarded = Guarded { job, transaction, fault: None };
    let mut data = Data::new(&mut guarded, &function.moment);
    let ended = caught((function.migration.run)(&mut data)).await;
    let written = data.written();
    let open = guarded.transaction.is_open().await;
    match (ended, open, guarded.fault) {
        (Ok(()), open, _) => open.map(|()| Some(written)),
        // It went on after the fault that ended the transaction: what it wrote since is there.
        (Err(_), Err(ended), None) => Err(ended),
        // What failed says whether it may be tried again; that it ended the transaction follows from it.
        (Err(failure), _, fault) => Err(explained(id, failure, fault)),
    }
}

/// The refusal of a value that the database cannot store.
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(super) fn unfit(why: &crate::model::WrongValue) -> Box<Fault> {
    let message = format!("a value cannot be stored: {why}");
    Fault::refusal(Diagnostic::error("E689", message).help("give the row a value that the database can hold"))
}

/// The transaction as the function sees it; keeps what the database last refused, which an error of the library no longer says all of.
struct Guarded<'a, B> {
    job: &'a Job,
    transaction: B,
    fault: Option<Box<Fault>>,
}

impl<B: Bound> Guarded<'_, B> {
    fn begin(&mut self, sql: &str) -> Attempt<()> {
        if self.job.interrupt().at_once() {
            self.job.heed()?;
        }
        let text = self.transaction.guarded(sql)?;
        if !is_about_rows(&text) {
            let message = "a data migration reads and changes rows, and this statement does something else";
            let diagnostic = Diagnostic::error("E687", message).note(format!("the statement: {sql}"));
            return Err(Fault::refusal(diagnostic.help("change tables by operations, or by `run_sql`")));
        }
        self.job.announce(sql);
        Ok(())
    }

    /// What the function is told of a fault; the fault itself is kept for whoever ran it.
    fn told<T>(&mut self, attempt: Attempt<T>) -> Result<T> {
        attempt.inspect(|_| self.fault = None).map_err(|fault| {
            let error = Error::new(fault.kind, fault.diagnostic.clone());
            // What follows a refusal follows from it, as on a transaction that the server has given up.
            self.fault.get_or_insert(fault);
            error
        })
    }
}

impl<B: Bound> Session for Guarded<'_, B> {
    fn dialect(&self) -> &dyn Dialect {
        self.transaction.dialect()
    }

    fn parameter(&self, number: usize, declared: &str, value: &Value) -> Result<(String, Value)> {
        Ok(self.transaction.parameter(number, declared, value)?)
    }

    fn execute<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> Reply<'a, u64> {
        Box::pin(async move {
            let done = match self.begin(sql) {
                Ok(()) => self.transaction.execute(sql, values).await,
                Err(fault) => Err(fault),
            };
            self.told(done)
        })
    }

    fn insert<'a>(&'a mut self, sql: &'a str, values: &'a [Value], auto: Option<&'a str>) -> Reply<'a, Option<i64>> {
        Box::pin(async move {
            let done = match self.begin(sql) {
                Ok(()) => self.transaction.insert(sql, values, auto).await,
                Err(fault) => Err(fault),
            };
            self.told(done)
        })
    }

    fn query<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> Reply<'a, Vec<Selected>> {
        Box::pin(async move {
            let done = match self.begin(sql) {
                Ok(()) => self.transaction.query(sql, values).await,
                Err(fault) => Err(fault),
            };
            self.told(done)
        })
    }
}

/// True for a statement that reads or writes rows and nothing else; `SELECT … INTO` makes a table or writes a file.
fn is_about_rows(text: &str) -> bool {
    let tokens = meaningful(text);
    let first = tokens.iter().find(|token| !token.is_symbol('('));
    let begins = |words: &[&str]| first.is_some_and(|first| words.iter().any(|word| first.is_word(word)));
    let into = tokens.iter().enumerate().any(|(at, token)| {
        let of_insert =
            at > 0 && ["INSERT", "REPLACE", "MERGE", "IGNORE"].iter().any(|word| tokens[at - 1].is_word(word));
        token.is_word("INTO") && !of_insert
    });
    begins(&ROWS) && !(begins(&["SELECT", "WITH", "VALUES"]) && into)
}

/// Waits for a function, and takes a panic in it for a failure: the transaction is rolled back as after any other.
async fn caught(mut work: Running<'_>) -> Result<(), Failure> {
    poll_fn(move |context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(poll) => poll,
        Err(panic) => Poll::Ready(Err(format!("it panicked: {}", said(&*panic)).into())),
    })
    .await
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("it did not say why")
}

/// Why the function gave up: what the database refused it, what the library did, or what it says itself.
fn explained(id: &str, failure: Failure, fault: Option<Box<Fault>>) -> Box<Fault> {
    let within = |message: &str| format!("in `{id}`: {message}");
    let said = failure.to_string();
    if let Some(mut fault) = fault {
        let own = failure.downcast::<Error>().is_ok_and(|error| error.code() == fault.diagnostic.code);
        fault.diagnostic.message = within(&fault.diagnostic.message);
        if !own {
            fault.diagnostic.notes.push(format!("the function said: {said}"));
        }
        return fault;
    }
    match failure.downcast::<Error>() {
        Ok(error) => {
            let first = error.diagnostics().iter().next().cloned();
            let mut diagnostic = first.unwrap_or_else(|| Diagnostic::error("E682", error.to_string()));
            diagnostic.message = within(&diagnostic.message);
            Fault::of(error.kind(), diagnostic)
        }
        Err(other) => {
            let mut causes = Vec::new();
            let mut cause = other.source();
            while let Some(below) = cause {
                causes.push(format!("because: {below}"));
                cause = below.source();
            }
            let diagnostic = Diagnostic::error("E682", format!("`{id}` failed: {other}"));
            Fault::refusal(causes.into_iter().fold(diagnostic, Diagnostic::note))
        }
    }
}
