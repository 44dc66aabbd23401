//! The journal: the steps of a migration that cannot be one transaction, written down before the first of them runs.

use super::executor::JournalStep;
pub(super) use super::executor::StepState as State;
use super::fault::{Attempt, Fault, Left};
use super::job::Job;
use super::names::Spelling;
use super::{Direction, Value};
use crate::diagnostic::Diagnostic;
#[cfg(any(feature = "postgres", feature = "mysql"))]
use crate::error::ErrorKind;
use crate::migration::Step;
use crate::name::MigrationRef;

/// The table, beside the history.
pub(super) const STEPS: &str = "fastdjango_steps";

/// A session that runs our own statements.
pub(super) trait Talk: Send {
    /// Runs a statement, and returns how many rows it wrote.
    fn run(&mut self, sql: &str) -> impl Future<Output = Attempt<u64>> + Send;

    /// Runs a query.
    fn ask(&mut self, sql: &str) -> impl Future<Output = Attempt<Vec<Vec<Value>>>> + Send;
}

/// Where the journal is, and how it is written.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The table, qualified where the database has schemas.
    pub(super) table: String,
    /// How names and values are written.
    pub(super) spelling: Spelling,
}

const STATES: [(State, &str); 3] = [(State::Pending, "pending"), (State::Started, "started"), (State::Done, "done")];

fn state_word(state: State) -> &'static str {
    STATES.iter().find(|(other, _)| *other == state).map_or("", |(_, word)| *word)
}

/// A step of the journal.
pub(super) struct Entry {
    /// The step.
    pub(super) step: Step,
    /// The catalog when it began, where it runs outside any transaction.
    #[cfg_attr(
        not(any(feature = "postgres", feature = "mysql")),
        allow(dead_code, reason = "on SQLite each step is in a transaction")
    )]
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
    place: Place,
    /// The condition that finds the steps of this journal.
    key: String,
}

impl Journal {
    fn of(job: &Job, run_id: &str, direction: Direction, place: Place) -> Self {
        let migration = &job.record.migration;
        let values = [run_id, migration.app.as_str(), migration.name.as_str(), word(direction)];
        let [run_id, app, name, direction_word] = values.map(place.spelling.literal);
        let key = format!("run_id = {run_id} AND app = {app} AND name = {name} AND direction = {direction_word}");
        Self { direction, entries: Vec::new(), place, key }
    }

    /// A name of a column, some of which are words of SQL.
    fn column(&self, name: &str) -> String {
        (self.place.spelling.quote)(name)
    }

    /// Writes the steps of a job down, in the transaction that is open.
    pub(super) async fn begin(session: &mut impl Talk, job: &Job, place: Place) -> Attempt<Self> {
        let mut journal = Self::of(job, &job.options.run_id, job.direction, place);
        for (i, step) in job.steps.iter().enumerate() {
            session.run(&journal.insert(job, i, step)).await?;
            journal.entries.push(Entry { step: step.clone(), before: String::new(), state: State::Pending });
        }
        Ok(journal)
    }

    fn insert(&self, job: &Job, place: usize, step: &Step) -> String {
        let (migration, direction) = (&job.record.migration, word(job.direction));
        let text = serde_json::to_string(step).unwrap_or_default();
        let ordinal = (place + 1).to_string();
        let values = [&job.options.run_id, migration.app.as_str(), migration.name.as_str(), direction, &ordinal, &text];
        let values = values.map(self.place.spelling.literal).join(", ");
        let (state, sql) = ((self.place.spelling.literal)(state_word(State::Pending)), self.column("sql"));
        let columns = format!("run_id, app, name, direction, ordinal, {sql}, state");
        format!("INSERT INTO {} ({columns}) VALUES ({values}, {state})", self.place.table)
    }

    /// Reads the journal of a run that did not come to its end.
    pub(super) async fn read(
        session: &mut impl Talk,
        job: &Job,
        run_id: &str,
        direction: Direction,
        place: Place,
    ) -> Attempt<Self> {
        let mut journal = Self::of(job, run_id, direction, place);
        let (text, before) = (journal.column("sql"), journal.column("before"));
        let from = format!("FROM {} WHERE {} ORDER BY ordinal", journal.place.table, journal.key);
        let rows = session.ask(&format!("SELECT {text}, {before}, state {from}")).await;
        for row in rows.map_err(|fault| fault.leaving(Left::Middle))? {
            journal.entries.push(entry(&row).ok_or_else(|| unreadable(job))?);
        }
        if journal.entries.is_empty() {
            return Err(unreadable(job));
        }
        Ok(journal)
    }

    /// Refuses where the steps are no longer those that were begun with.
    pub(super) fn is_of(&self, job: &Job) -> Attempt<()> {
        if job.options.resume {
            return Ok(());
        }
        let written: Vec<&Step> = self.entries.iter().map(|entry| &entry.step).collect();
        if written == job.steps.iter().collect::<Vec<_>>() {
            return Ok(());
        }
        let begun: Vec<String> = written.iter().map(|step| step.text()).collect();
        let now: Vec<String> = job.steps.iter().map(Step::text).collect();
        let message = "the migration was begun with other steps, and stands in the middle of them";
        let diagnostic = Diagnostic::error("E647", message)
            .note(format!("begun with: {}", begun.join(";\n")))
            .note(format!("now: {}", now.join(";\n")))
            .help("put the text of the file back, let it come to its end, and make the change in a new migration")
            .help("`migrate --resume journal` goes on with the steps that it was begun with")
            .help("`migrate --resume abort` gives it up, and says which steps are done");
        Err(Fault::refusal(diagnostic))
    }

    /// What was verified directly before the step that is next: by another run, perhaps, and rows may have been written since.
    ///
    /// Nothing where that step was begun: what it was to drop may be gone, and then the question has no answer.
    pub(super) fn verified_before(&self) -> Vec<(usize, Step)> {
        let next = self.entries.iter().position(|entry| entry.state != State::Done);
        let Some(next) = next.filter(|next| self.entries[*next].state == State::Pending) else { return Vec::new() };
        let before = self.entries[..next].iter().enumerate().rev();
        let verified = before.take_while(|(_, entry)| matches!(entry.step, Step::Verify { .. }));
        verified.map(|(place, entry)| (place, entry.step.clone())).collect()
    }

    /// How many steps are done, of how many.
    pub(super) fn left(&self) -> Left {
        let done = self.entries.iter().filter(|entry| entry.state == State::Done).count();
        Left::Steps { done, of: self.entries.len() }
    }

    /// Marks a step; a mark that finds another state than we know means that somebody else is at work.
    pub(super) async fn mark(&self, session: &mut impl Talk, place: usize, state: State, before: &str) -> Attempt<()> {
        let Some(entry) = self.entries.get(place) else { return Ok(()) };
        let [state, before, known] =
            [state_word(state), before, state_word(entry.state)].map(self.place.spelling.literal);
        let set = format!("state = {state}, {} = {before}, error = NULL", self.column("before"));
        let found = format!("{} AND ordinal = {} AND state = {known}", self.key, place + 1);
        if session.run(&format!("UPDATE {} SET {set} WHERE {found}", self.place.table)).await? != 1 {
            let message = format!("step {} is in another state than this run left it in", place + 1);
            let help = "another process works on this database; run the command again to plan anew";
            return Err(Fault::refusal(Diagnostic::error("E637", message).help(help)));
        }
        Ok(())
    }

    /// Keeps what a step failed with, for whoever looks into the table; where even that fails, nothing is lost.
    pub(super) async fn note(&self, session: &mut impl Talk, place: usize, message: &str) {
        let (message, ordinal) = ((self.place.spelling.literal)(message), place + 1);
        let found = format!("{} AND ordinal = {ordinal}", self.key);
        let _ = session.run(&format!("UPDATE {} SET error = {message} WHERE {found}", self.place.table)).await;
    }
}

/// The query of a migration's steps in one run, for whoever has to know how far it came.
pub(super) fn query(migration: &MigrationRef, run_id: &str, spelling: Spelling) -> String {
    let [run_id, app, name] = [run_id, migration.app.as_str(), migration.name.as_str()].map(spelling.literal);
    let (sql, before) = ((spelling.quote)("sql"), (spelling.quote)("before"));
    format!(
        "SELECT {sql}, {before}, state FROM {STEPS} WHERE run_id = {run_id} AND app = {app} AND name = {name} ORDER BY ordinal"
    )
}

/// A step as the query gives it; one that cannot be read is told as it stands there.
pub(super) fn told(row: &[Value]) -> JournalStep {
    let text = row.first().and_then(Value::text).unwrap_or_default();
    match entry(row) {
        Some(entry) => {
            let statements = match &entry.step {
                Step::Rust { .. } => vec![entry.step.text()],
                step => step.statements().into_iter().map(str::to_owned).collect(),
            };
            JournalStep { state: entry.state, statements }
        }
        None => JournalStep { state: State::Started, statements: vec![text.to_owned()] },
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
    let state = STATES.iter().find(|(_, word)| text(2) == Some(word))?.0;
    let step = serde_json::from_str(text(0)?).ok()?;
    Some(Entry { step, before: text(1).unwrap_or_default().to_owned(), state })
}

fn unreadable(job: &Job) -> Box<Fault> {
    let message = format!("`{}` stands in the middle, and its steps in `{STEPS}` cannot be read", job.record.migration);
    let diagnostic = Diagnostic::error("E648", message).help("use the version of fastdjango that began it");
    Fault::refusal(diagnostic.help("or give it up: `migrate --resume abort`")).leaving(Left::Middle)
}

/// The question to a person that only a look into the database answers.
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(super) fn unknown(sql: &str) -> Box<Fault> {
    let message =
        "a statement outside any transaction was begun, and nobody can tell from here whether it ran to its end";
    let diagnostic = Diagnostic::error("E649", message)
        .note(format!("the statement: {sql}"))
        .help("see what it should have done; where it did, set its `state` in `fastdjango_steps` to `done`, else to `pending`")
        .help("then run `migrate` again");
    Fault::of(ErrorKind::Unknown, diagnostic)
}
