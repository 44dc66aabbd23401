//! The journal: the steps of a migration that cannot be one transaction, written down before the first of them runs.

use super::history;
use super::session::Session;
use crate::backend::fault::{Attempt, Fault};
use crate::backend::job::Job;
use crate::backend::names::literal;
use crate::backend::{Direction, Value};
use crate::diagnostic::Diagnostic;
use crate::migration::Step;

/// The table, beside the history.
const TABLE: &str = "fastdjango_steps";

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It has not begun.
    Pending,
    /// A statement outside any transaction has begun; what became of it, the catalog says.
    Started,
    /// It is done.
    Done,
}

impl State {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Pending, "pending"), (Self::Started, "started"), (Self::Done, "done")];

    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| *word)
    }
}

/// A step of the journal.
pub(super) struct Entry {
    /// The step.
    pub(super) step: Step,
    /// The catalog when it began, where it runs outside any transaction.
    pub(super) before: String,
    /// How far it is.
    pub(super) state: State,
}

/// The journal of one migration.
pub(super) struct Journal {
    /// The way in which the steps lead.
    pub(super) direction: Direction,
    /// The steps, in order.
    pub(super) entries: Vec<Entry>,
    table: String,
    /// The condition that finds the steps of this journal.
    key: String,
}

impl Journal {
    fn of(job: &Job, run_id: &str, direction: Direction, table: String) -> Self {
        let migration = &job.record.migration;
        let key = format!(
            "run_id = {} AND app = {} AND name = {} AND direction = {}",
            literal(run_id),
            literal(migration.app.as_str()),
            literal(migration.name.as_str()),
            literal(word(direction))
        );
        Self { direction, entries: Vec::new(), table, key }
    }

    /// Writes the steps of a job down, in the transaction that is open.
    pub(super) async fn begin(session: &mut Session, job: &Job) -> Attempt<Self> {
        let table = history::beside(session, TABLE).await?;
        session.execute(&create(&table)).await?;
        let mut journal = Self::of(job, &job.options.run_id, job.direction, table);
        for (ordinal, step) in job.steps.iter().enumerate() {
            let migration = &job.record.migration;
            let values = [
                literal(&job.options.run_id),
                literal(migration.app.as_str()),
                literal(migration.name.as_str()),
                literal(word(job.direction)),
                (ordinal + 1).to_string(),
                literal(&serde_json::to_string(step).unwrap_or_default()),
                literal(State::Pending.word()),
            ];
            let row = values.join(", ");
            let into = format!("INSERT INTO {} (run_id, app, name, direction, ordinal, sql, state)", journal.table);
            session.execute(&format!("{into} VALUES ({row})")).await?;
            journal.entries.push(Entry { step: step.clone(), before: String::new(), state: State::Pending });
        }
        Ok(journal)
    }

    /// Reads the journal of a run that did not come to its end.
    pub(super) async fn read(session: &mut Session, job: &Job, run_id: &str, direction: Direction) -> Attempt<Self> {
        let table = history::beside(session, TABLE).await?;
        let mut journal = Self::of(job, run_id, direction, table);
        let sql = format!("SELECT sql, before, state FROM {} WHERE {} ORDER BY ordinal", journal.table, journal.key);
        for row in session.query(&sql).await? {
            journal.entries.push(entry(&row).ok_or_else(|| unreadable(job))?);
        }
        if journal.entries.is_empty() {
            return Err(unreadable(job));
        }
        Ok(journal)
    }

    /// Refuses where the steps are no longer those that were begun with.
    pub(super) fn is_of(&self, job: &Job) -> Attempt<()> {
        let written: Vec<&Step> = self.entries.iter().map(|entry| &entry.step).collect();
        if written == job.steps.iter().collect::<Vec<_>>() {
            return Ok(());
        }
        let begun: Vec<String> = written.iter().map(|step| step.statements().join(";\n")).collect();
        let now: Vec<String> = job.steps.iter().map(|step| step.statements().join(";\n")).collect();
        let message = "the migration was begun with other steps, and stands in the middle of them";
        let diagnostic = Diagnostic::error("E647", message)
            .note(format!("begun with: {}", begun.join(";\n")))
            .note(format!("now: {}", now.join(";\n")))
            .help("put the text of the file back, let it come to its end, and make the change in a new migration");
        Err(Fault::refusal(diagnostic))
    }

    /// How many steps are done.
    pub(super) fn done(&self) -> usize {
        self.entries.iter().filter(|entry| entry.state == State::Done).count()
    }

    /// Marks a step; a mark that finds another state than we know means that somebody else is at work.
    pub(super) async fn mark(&self, session: &mut Session, place: usize, state: State, before: &str) -> Attempt<()> {
        let Some(entry) = self.entries.get(place) else { return Ok(()) };
        let sql = format!(
            "UPDATE {} SET state = {}, before = {}, error = NULL WHERE {} AND ordinal = {} AND state = {}",
            self.table,
            literal(state.word()),
            literal(before),
            self.key,
            place + 1,
            literal(entry.state.word())
        );
        if session.execute(&sql).await? != 1 {
            let message = format!("step {} is in another state than this run left it in", place + 1);
            let help = "another process works on this database; run the command again to plan anew";
            return Err(Fault::refusal(Diagnostic::error("E637", message).help(help)));
        }
        Ok(())
    }

    /// Keeps what a step failed with, for whoever looks into the table; where even that fails, nothing is lost.
    pub(super) async fn note(&self, session: &mut Session, place: usize, message: &str) {
        let (message, ordinal) = (literal(message), place + 1);
        let sql = format!("UPDATE {} SET error = {message} WHERE {} AND ordinal = {ordinal}", self.table, self.key);
        let _ = session.execute(&sql).await;
    }
}

fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Forward => "forward",
        Direction::Backward => "backward",
    }
}

fn entry(row: &[Value]) -> Option<Entry> {
    let text = |i: usize| row.get(i).and_then(Value::text);
    let state = State::ALL.iter().find(|(_, word)| text(2) == Some(word))?.0;
    let step = serde_json::from_str(text(0)?).ok()?;
    Some(Entry { step, before: text(1).unwrap_or_default().to_owned(), state })
}

fn unreadable(job: &Job) -> Box<Fault> {
    let message = format!("`{}` stands in the middle, and its steps in `{TABLE}` cannot be read", job.record.migration);
    Fault::refusal(Diagnostic::error("E648", message).help("use the version of fastdjango that began it"))
}

fn create(table: &str) -> String {
    let text = "text COLLATE \"C\"";
    format!(
        "CREATE TABLE IF NOT EXISTS {table} (\n    run_id {text} NOT NULL,\n    app {text} NOT NULL,\n    \
         name {text} NOT NULL,\n    direction {text} NOT NULL,\n    ordinal bigint NOT NULL,\n    sql {text} NOT NULL,\n    \
         before {text},\n    state {text} NOT NULL,\n    error {text},\n    \
         PRIMARY KEY (run_id, app, name, direction, ordinal)\n)"
    )
}
